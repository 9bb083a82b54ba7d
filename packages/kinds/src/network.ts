import { textColumn } from './columns/index.ts';
import { defineKind, int32, type KindOf, object, required, type Static, string } from './machinery/index.ts';
import { dnsSubdomainFault, Faults, isCidr, isIp } from './validation/index.ts';

const spec = object(
  {
    subnet: required(string('Addresses of machines, such as 10.80.0.0/17.')),
    gateway: required(string('Address of the way out.')),
    serviceSubnet: required(string('Addresses of services, such as 10.80.128.0/18.')),
    loadBalancerRange: required(string('Addresses of load balancers, such as 10.80.192.0/24.')),
    dnsDomain: required(string('Domain of machine and service names; cluster.local.')),
    mtu: int32('Largest packet in bytes; 1500 by default.', { minimum: 576, maximum: 65535 }),
  },
  'Address ranges and settings.',
);
export type NetworkSpec = Static<typeof spec>;

const body = object({ spec: required(spec) });

export type Network = KindOf<Static<typeof body>>;

export const network = defineKind({
  group: 'godwit.dev',
  version: 'v1alpha1',
  kind: 'Network',
  plural: 'networks',
  shortNames: ['net'],
  namespaced: false,
  description: 'A network that machines share. The first one is called default.',
  body,
  defaults: (draft) => {
    draft.spec.mtu ??= 1500;
  },
  validate: ({ spec: given }) => {
    const faults = new Faults();
    for (const field of ['subnet', 'serviceSubnet', 'loadBalancerRange'] as const) {
      if (!isCidr(given[field]))
        faults.invalid(`spec.${field}`, given[field], 'must be an address range such as 10.0.0.0/8');
    }
    if (!isIp(given.gateway)) faults.invalid('spec.gateway', given.gateway, 'must be an IP address');
    faults.check('spec.dnsDomain', given.dnsDomain, dnsSubdomainFault);
    return faults.causes;
  },
  columns: [
    textColumn('Subnet', 'Addresses of machines.', (item: Network) => item.spec.subnet),
    textColumn('Services', 'Addresses of services.', (item: Network) => item.spec.serviceSubnet),
    textColumn('Load-Balancers', 'Addresses of load balancers.', (item: Network) => item.spec.loadBalancerRange),
  ],
});
