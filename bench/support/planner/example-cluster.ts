import { type Host, type MachineRequest, Snapshot } from '@godwit/planner';

export const ZONE = 'topology.kubernetes.io/zone';
export const HOSTNAME = 'kubernetes.io/hostname';
export const GIB = 2 ** 30;

/** scheduler_perf's host: 4 cores, 32 GiB, 110 pods; in one of three zones. */
export function exampleHost(index: number, over: Partial<Host> = {}): Host {
  const name = `host-${index}`;
  return {
    name,
    taints: [],
    ready: true,
    schedulable: true,
    capacity: { cpu: 4000, memory: 32 * GIB, pods: 110 },
    ...over,
    labels: { [HOSTNAME]: name, [ZONE]: `zone-${index % 3}`, ...over.labels },
  };
}

export function snapshotOf(hosts: number, over: (index: number) => Partial<Host> = () => ({})): Snapshot {
  const snapshot = new Snapshot();
  for (let i = 0; i < hosts; i++) snapshot.setHost(exampleHost(i, over(i)));
  return snapshot;
}

/** As scheduler_perf's pods: a tenth of a core, 500 MB. */
export function exampleMachine(index: number, over: Partial<MachineRequest> = {}): MachineRequest {
  const name = `machine-${index}`;
  return {
    uid: name,
    kind: 'Pod',
    namespace: 'default',
    name,
    labels: { color: 'green' },
    amounts: { cpu: 100, memory: 500 * 10 ** 6, pods: 1 },
    ports: [],
    finished: false,
    priority: 0,
    nodeSelector: undefined,
    affinity: undefined,
    tolerations: [],
    spread: [],
    volumes: [],
    ...over,
  };
}
