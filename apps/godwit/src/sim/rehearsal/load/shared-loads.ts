import type { ApiClient, Change } from '@godwit/client';
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
import type { PlannedGroup } from '../plan/index.ts';
import type { ScenarioTime } from './scenario-time.ts';
import { namespaceOf, SharedLoad, type Worker } from './shared-load.ts';

/** The loads of all groups whose machines share a demand, and which machines these are, as watches tell it. */
export class SharedLoads {
  readonly #byNamespace = new Map<string, SharedLoad>();

  #isOn: (host: string) => boolean = () => false;

  constructor(groups: readonly PlannedGroup[], time: ScenarioTime) {
    for (const group of groups) {
      const { scaling, name } = group;
      const load = scaling && new SharedLoad(group, scaling, time, (host) => this.#isOn(host));
      if (load) this.#byNamespace.set(namespaceOf(name), load);
    }
  }

  /** Hears of machines from now on. `isOn` says whether a host has power. */
  follow(client: ApiClient, isOn: (host: string) => boolean): void {
    this.#isOn = isOn;
    if (this.#byNamespace.size === 0) return;
    client.cache(pod).subscribe((change) => this.#see(change, workerOfPod));
    client.cache(virtualMachineInstance).subscribe((change) => this.#see(change, workerOfInstance));
  }

  /** The groups, of which those that share a demand have the load that they have now. */
  measured(groups: readonly PlannedGroup[]): readonly PlannedGroup[] {
    return groups.map((group) => {
      const shared = this.of(group.name);
      return shared ? { ...group, load: () => shared.meanShare } : group;
    });
  }

  get all(): readonly SharedLoad[] {
    return [...this.#byNamespace.values()];
  }

  of(group: string): SharedLoad | undefined {
    return this.in(namespaceOf(group));
  }

  in(namespace: string): SharedLoad | undefined {
    return this.#byNamespace.get(namespace);
  }

  #see<T extends Machine>({ before, after }: Change<T>, workerOf: (machine: Stored<T>) => Worker): void {
    const { namespace = '', uid } = (after ?? before)?.metadata ?? {};
    const load = this.in(namespace);
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
