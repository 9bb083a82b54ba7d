import { containerLabels } from '@godwit/host';
import type { SimulatedCloud } from '../cloud/simulated-cloud.ts';

/** Something that runs on a host right now: a container of a pod, or a guest. */
export interface RunningMachine {
  readonly host: string;
  readonly kind: 'Pod' | 'VirtualMachineInstance';
  /** UID of the Pod or VirtualMachineInstance. */
  readonly uid: string;
  /** What there may be only one of. */
  readonly copyOf: readonly string[];
}

/** Says whether containers or guests have come or gone on any host since it was asked last. */
export function changesOf({ stations }: SimulatedCloud): () => boolean {
  const seen: (readonly unknown[])[] = [];
  return () => {
    let changed = false;
    for (const [index, { host }] of stations.entries()) {
      const containers = host.containers.actual();
      const guests = host.hypervisor.actual();
      if (seen[2 * index] === containers && seen[2 * index + 1] === guests) continue;
      seen[2 * index] = containers;
      seen[2 * index + 1] = guests;
      changed = true;
    }
    return changed;
  };
}

/** What really runs, on all hosts. */
export function* runningMachines({ stations }: SimulatedCloud): Generator<RunningMachine> {
  for (const { host } of stations) {
    for (const facts of host.containers.actual()) {
      if (facts.state !== 'running') continue;
      const { podUid: uid, container } = containerLabels(facts);
      yield { host: host.name, kind: 'Pod', uid, copyOf: [`container ${container} of pod ${uid}`] };
    }
    for (const { machine } of host.hypervisor.actual()) {
      const { uid, namespace, name } = machine;
      const copyOf = [`instance ${uid}`, `virtual machine ${namespace}/${name}`];
      yield { host: host.name, kind: 'VirtualMachineInstance', uid, copyOf };
    }
  }
}
