import { documentKey } from '@godwit/api';
import {
  addressesAnnotation,
  addressNumber,
  addressText,
  type IPAddress,
  ipAddress,
  type KindDefinition,
  type KubeObject,
  macOf,
  type Network,
  readSubnet,
} from '@godwit/kinds';
import type { Store, Write } from '@godwit/store';

const BATCH = 1_000;

/**
 * Puts objects into an empty store as they are, as if the program had been started again on the disk of another: nobody
 * judges, completes or numbers them. Machines on hosts get addresses of this network.
 * @param kindOf the kind of an object, by its name
 */
export async function restore(
  store: Store,
  objects: readonly KubeObject[],
  network: Network,
  kindOf: (kind: string) => KindDefinition | undefined,
): Promise<void> {
  const addresses = new Addresses(network);
  const writes = objects.flatMap((object): Write[] => {
    const kind = kindOf(object.kind);
    if (!kind) return [];
    const { stored, address } = addresses.give(object, kind);
    const write = (each: KubeObject, of: KindDefinition): Write => ({
      key: documentKey(of, of.namespaced ? each.metadata.namespace : undefined, each.metadata.name ?? ''),
      body: { text: JSON.stringify(each) },
      previous: 0,
    });
    return [write(stored, kind), ...(address ? [write(address, ipAddress as unknown as KindDefinition)] : [])];
  });
  for (let first = 0; first < writes.length; first += BATCH) await store.append(writes.slice(first, first + BATCH));
}

type Placed = KubeObject & {
  readonly spec?: { readonly nodeName?: string };
  readonly status?: { readonly nodeName?: string };
};

/** One address after the other. A machine's address belongs to its VirtualMachine, where it has one. */
class Addresses {
  readonly #network: Network;
  #next = 1;

  constructor(network: Network) {
    this.#network = network;
  }

  give(
    object: KubeObject,
    { group, plural }: KindDefinition,
  ): { readonly stored: KubeObject; readonly address?: IPAddress } {
    const { spec, status } = object as Placed;
    const isMachine = plural === 'pods' || plural === 'virtualmachineinstances';
    if (!isMachine || !(spec?.nodeName ?? status?.nodeName)) return { stored: object };
    const { namespace = '', name = '', ownerReferences = [] } = object.metadata;
    const owner = ownerReferences.find(({ kind, controller }) => kind === 'VirtualMachine' && controller);
    const parentRef = owner
      ? { group, resource: 'virtualmachines', namespace, name: owner.name }
      : { group, resource: plural, namespace, name };
    const { subnet, gateway, mtu = 1500 } = this.#network.spec;
    const { first = 0, prefixLength = 32 } = readSubnet(subnet) ?? {};
    const ip = addressText(first + this.#next++);
    const own = {
      network: 'default',
      ip,
      prefixLength,
      gateway,
      mac: macOf(addressNumber(ip) ?? 0),
      dnsServers: [gateway],
      searchDomains: [],
      mtu,
    };
    const annotations = { ...object.metadata.annotations, [addressesAnnotation]: JSON.stringify([own]) };
    return {
      stored: { ...object, metadata: { ...object.metadata, annotations } },
      address: {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'IPAddress',
        metadata: { name: ip, uid: `address-${ip}` },
        spec: { parentRef },
      },
    };
  }
}
