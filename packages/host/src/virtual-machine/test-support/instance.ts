import type { Stored, VirtualMachineInstance, VirtualMachineInstanceSpec } from '@godwit/kinds';
import { addressesAnnotation, instanceFinalizer } from '@godwit/kinds';

/** An address as the API gives one at binding. */
export const testAddress = {
  network: 'default',
  ip: '10.80.0.5',
  prefixLength: 17,
  gateway: '10.80.0.1',
  mac: '0a:58:0a:50:00:05',
  dnsServers: ['10.80.0.1'],
  searchDomains: [],
  mtu: 1500,
};

/** An instance that was bound to this host. */
export function testInstance(
  name: string,
  uid: string,
  spec: Partial<VirtualMachineInstanceSpec> = {},
): Stored<VirtualMachineInstance> {
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: {
      name,
      namespace: 'default',
      uid,
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
      finalizers: [instanceFinalizer],
      annotations: { [addressesAnnotation]: JSON.stringify([testAddress]) },
    },
    spec: {
      domain: {
        cpu: { cores: 1, sockets: 1, threads: 1, maxSockets: 2 },
        memory: { guest: '192Mi' },
        devices: { interfaces: [{ name: 'default', masquerade: {}, bootOrder: 1 }] },
      },
      networks: [{ name: 'default', pod: {} }],
      terminationGracePeriodSeconds: 20,
      ...spec,
    },
    status: { phase: 'Scheduled', nodeName: 'host-1' },
  };
}

/** The same instance, marked for deletion. */
export function deleted(machine: Stored<VirtualMachineInstance>): Stored<VirtualMachineInstance> {
  return { ...machine, metadata: { ...machine.metadata, deletionTimestamp: '2026-01-01T00:01:00Z' } };
}
