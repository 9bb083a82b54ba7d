import type { Pod, Stored } from '@godwit/kinds';

/** A pod with one container and an address, with parts replaced. */
export function examplePod(spec: Partial<Pod['spec']> = {}, metadata: Partial<Pod['metadata']> = {}): Stored<Pod> {
  const address = {
    network: 'default',
    ip: '10.80.0.5',
    prefixLength: 17,
    gateway: '10.80.0.1',
    mac: '0a:58:0a:50:00:05',
    dnsServers: ['10.80.0.1'],
    searchDomains: ['cluster.local'],
    mtu: 1500,
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'web-0',
      namespace: 'shop',
      uid: 'uid-1',
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...metadata,
      annotations: { 'network.godwit.dev/addresses': JSON.stringify([address]), ...metadata.annotations },
    },
    spec: { containers: [{ name: 'web', image: 'web:1' }], ...spec },
  };
}
