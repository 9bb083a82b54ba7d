import { joined, NONE, textColumn, wide } from '../columns/index.ts';
import type { Column } from '../machinery/index.ts';
import type { Service } from './service-body.ts';

function externalAddresses({ spec, status }: Service): string {
  if (spec.type === 'ExternalName') return spec.externalName ?? '';
  if (spec.type !== 'LoadBalancer') return joined(spec.externalIPs);
  const given = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '');
  const all = [...given, ...(spec.externalIPs ?? [])];
  return all.length > 0 ? all.join(',') : '<pending>';
}

function ports({ spec }: Service): string {
  return joined(
    spec.ports?.map(({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol ?? 'TCP'}`),
  );
}

function selector({ spec }: Service): string {
  return joined(Object.entries(spec.selector ?? {}).map(([key, value]) => `${key}=${value}`));
}

export const serviceColumns: readonly Column<Service>[] = [
  textColumn('Type', 'From where it is reached.', ({ spec }) => spec.type ?? 'ClusterIP'),
  textColumn('Cluster-IP', 'Address of the service.', ({ spec }) => spec.clusterIP || NONE),
  textColumn('External-IP', 'Addresses from outside.', externalAddresses),
  textColumn('Port(s)', 'Ports of the service.', ports),
  wide(textColumn('Selector', 'Labels of the machines that answer.', selector)),
];
