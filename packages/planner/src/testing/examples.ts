/** Hosts and machines for tests: all that a test does not speak of is as plain as can be. */

import { type MachineRequest, plainRequest } from '../request/machine-request.ts';
import type { Host } from '../snapshot/host.ts';
import { Snapshot } from '../snapshot/snapshot.ts';

export const ZONE = 'topology.kubernetes.io/zone';
export const HOSTNAME = 'kubernetes.io/hostname';

export function exampleHost(name: string, over: Partial<Host> = {}): Host {
  return {
    name,
    labels: { [HOSTNAME]: name },
    taints: [],
    ready: true,
    schedulable: true,
    capacity: { cpu: 4000, memory: 8 * 2 ** 30, pods: 10 },
    ...over,
  };
}

export function exampleRequest(uid: string, over: Partial<MachineRequest> = {}): MachineRequest {
  return plainRequest({ uid, namespace: 'default', amounts: { cpu: 100, memory: 2 ** 20, pods: 1 }, ...over });
}

export function exampleSnapshot(hosts: readonly Host[]): Snapshot {
  const snapshot = new Snapshot();
  for (const host of hosts) snapshot.setHost(host);
  return snapshot;
}
