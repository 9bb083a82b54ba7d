/** The hosts and pods of scheduler_perf, as the planner's tests make theirs. */
import type { Host, MachineRequest, Snapshot } from '@godwit/planner';
import {
  exampleHost,
  exampleRequest,
  exampleSnapshot,
  HOSTNAME,
  ZONE,
} from '../../../packages/planner/src/testing/examples.ts';

export { HOSTNAME, ZONE };
export const GIB = 2 ** 30;

/** 4 cores, 32 GiB, 110 pods; in one of three zones. `over` says how a host differs, by its index. */
export function snapshotOf(hosts: number, over: (index: number) => Partial<Host> = () => ({})): Snapshot {
  return exampleSnapshot(Array.from({ length: hosts }, (_each, index) => hostOf(index, over(index))));
}

function hostOf(index: number, over: Partial<Host>): Host {
  const name = `host-${index}`;
  const labels = { [HOSTNAME]: name, [ZONE]: `zone-${index % 3}`, ...over.labels };
  return exampleHost(name, { capacity: { cpu: 4000, memory: 32 * GIB, pods: 110 }, ...over, labels });
}

/** A tenth of a core, 500 MB. */
export function exampleMachine(index: number, over: Partial<MachineRequest> = {}): MachineRequest {
  const amounts = { cpu: 100, memory: 500 * 10 ** 6, pods: 1 };
  return exampleRequest(`machine-${index}`, { labels: { color: 'green' }, amounts, ...over });
}
