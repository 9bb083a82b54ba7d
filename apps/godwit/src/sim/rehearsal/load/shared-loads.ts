import type { ApiClient, Cache, Change } from '@godwit/client';
import {
  instanceUsage,
  isPodReady,
  type Pod,
  pod,
  requestsOfPod,
  type Stored,
  thousandths,
  type VirtualMachineInstance,
  virtualMachineInstance,
  wholeUnits,
} from '@godwit/kinds';
import { groupLabel } from '../cloud/index.ts';
import type { PlannedGroup } from '../plan/index.ts';
import type { ScenarioTime } from './scenario-time.ts';
import { type Asked, SharedLoad, type Worker } from './shared-load.ts';

/** The loads of all groups whose machines share a demand, and which machines these are, as watches tell it. */
export class SharedLoads {
  readonly #byGroup = new Map<string, SharedLoad>();
  readonly #byNamespace: ReadonlyMap<string, readonly SharedLoad[]>;
  #isOn: (host: string) => boolean = () => false;

  constructor(groups: readonly PlannedGroup[], time: ScenarioTime) {
    for (const group of groups) {
      const { scaling, name } = group;
      const load = scaling && new SharedLoad(group, scaling, time, (host) => this.#isOn(host));
      if (load) this.#byGroup.set(name, load);
    }
    this.#byNamespace = Map.groupBy(this.#byGroup.values(), ({ namespace }) => namespace);
  }

  /** Hears of machines from now on. `isOn` says whether a host has power. */
  follow(client: ApiClient, isOn: (host: string) => boolean): void {
    this.#isOn = isOn;
    if (this.#byGroup.size === 0) return;
    this.#watch(client.cache(pod), workerOfPod);
    this.#watch(client.cache(virtualMachineInstance), workerOfInstance);
  }

  #watch<T extends Machine>(machines: Cache<T>, workerOf: (machine: Stored<T>) => Worker): void {
    for (const after of machines.values()) this.#see({ type: 'added', after }, workerOf);
    machines.subscribe((change) => this.#see(change, workerOf));
  }

  /** The groups, of which those that share a demand have the load that they have now. */
  measured(groups: readonly PlannedGroup[]): readonly PlannedGroup[] {
    return groups.map((group) => {
      const shared = this.of(group.name);
      return shared ? { ...group, load: () => shared.meanShare } : group;
    });
  }

  get all(): readonly SharedLoad[] {
    return [...this.#byGroup.values()];
  }

  of(group: string): SharedLoad | undefined {
    return this.#byGroup.get(group);
  }

  /** The load of the machines that are asked of. */
  meant({ namespace, selector }: Asked): SharedLoad | undefined {
    return this.#byNamespace.get(namespace)?.find((load) => load.isSelected(selector));
  }

  #see<T extends Machine>({ before, after }: Change<T>, workerOf: (machine: Stored<T>) => Worker): void {
    const { labels, uid } = (after ?? before)?.metadata ?? {};
    const load = this.of(labels?.[groupLabel] ?? '');
    if (!load || uid === undefined) return;
    if (after && after.status?.phase === 'Running' && after.metadata.deletionTimestamp === undefined)
      load.put(uid, workerOf(after));
    else load.remove(uid);
  }
}

type Machine = Pod | VirtualMachineInstance;

function workerOfPod(item: Stored<Pod>): Worker {
  const { cpu = 0, memory = 0 } = requestsOfPod(item.spec);
  return {
    name: item.metadata.name,
    host: item.spec.nodeName ?? '',
    cores: thousandths(cpu) / 1000,
    memoryBytes: wholeUnits(memory),
    ready: isPodReady(item),
  };
}

function workerOfInstance(instance: Stored<VirtualMachineInstance>): Worker {
  const { 'limits.cpu': cpu = 0, 'limits.memory': memory = 0 } = instanceUsage(instance);
  return {
    name: instance.metadata.name,
    host: instance.status?.nodeName ?? '',
    cores: thousandths(cpu) / 1000,
    memoryBytes: wholeUnits(memory),
    ready: instance.status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true,
  };
}
