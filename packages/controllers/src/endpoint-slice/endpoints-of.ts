import type { Endpoint, EndpointAddress, EndpointSubset } from '@godwit/kinds';
import type { EndpointGroup } from './endpoint-groups.ts';

function addressOf({ addresses, hostname, nodeName, targetRef }: Endpoint): EndpointAddress {
  return {
    ip: addresses[0] ?? '',
    ...(hostname && { hostname }),
    ...(nodeName && { nodeName }),
    ...(targetRef && { targetRef }),
  };
}

/** Endpoint groups in the older form. Machines on their way out are left out, as that form cannot say it. */
export function subsetsOf(groups: readonly EndpointGroup[]): readonly EndpointSubset[] {
  return groups.flatMap(({ ports, endpoints }) => {
    const ready = endpoints.filter(({ conditions }) => conditions?.ready);
    const notReady = endpoints.filter(({ conditions }) => !conditions?.ready && !conditions?.terminating);
    if (ready.length + notReady.length === 0) return [];
    return [
      {
        ...(ready.length > 0 && { addresses: ready.map(addressOf) }),
        ...(notReady.length > 0 && { notReadyAddresses: notReady.map(addressOf) }),
        ports: ports.map(({ name, port = 0, protocol, appProtocol }) => ({
          ...(name && { name }),
          port,
          ...(protocol && { protocol }),
          ...(appProtocol && { appProtocol }),
        })),
      },
    ];
  });
}
