import {
  addressesAnnotation,
  addressNumber,
  type KindDefinition,
  type KubeObject,
  macOf,
  type OwnerReference,
  readSubnet,
} from '@godwit/kinds';
import type { Write } from '@godwit/store';
import type { AddressParent, AddressPool, OnEnd } from './address-pool.ts';

/**
 * Who holds the address of a machine: the VirtualMachine that an instance belongs to, so that it keeps its
 * address over restarts; everybody else himself.
 */
export function addressParent(group: string, resource: string, machine: KubeObject): AddressParent {
  const { namespace = '', name = '', ownerReferences = [] } = machine.metadata;
  const owner = ownerReferences.find(isVirtualMachine);
  if (resource === 'virtualmachineinstances' && owner) {
    return { group, resource: 'virtualmachines', namespace, name: owner.name };
  }
  return { group, resource, namespace, name };
}

function isVirtualMachine(owner: OwnerReference): boolean {
  return owner.kind === 'VirtualMachine' && owner.apiVersion.startsWith('kubevirt.io/') && owner.controller === true;
}

/** Where the writes go that belong to an address, and who is told when the try is over. */
interface AddressBatch {
  append(write: Write): void;
  onEnd(end: (written: boolean) => void): void;
}

interface Addressable extends KubeObject {
  readonly spec?: { readonly hostNetwork?: boolean };
}

/** The machine with an address of its own, unless it uses that of its host; `batch` gets what is written with it. */
export function addressed<Machine extends Addressable>(
  pool: AddressPool | undefined,
  kind: KindDefinition,
  machine: Machine,
  batch: AddressBatch,
): Machine {
  if (!pool || machine.spec?.hostNetwork) return machine;
  const parent = addressParent(kind.group, kind.plural, machine);
  const { metadata } = machine;
  const given = machineAddresses(pool, parent, metadata.namespace ?? '', (end) => batch.onEnd(end));
  if (!given) return machine;
  for (const write of given.writes) batch.append(write);
  const annotations = { ...metadata.annotations, [addressesAnnotation]: given.annotation };
  return { ...machine, metadata: { ...metadata, annotations } };
}

/** What the annotation holds, and the writes that go with it; undefined where there is no network. */
function machineAddresses(
  pool: AddressPool,
  parent: AddressParent,
  namespace: string,
  onEnd: OnEnd,
): { readonly annotation: string; readonly writes: readonly Write[] } | undefined {
  const spec = pool.network?.spec;
  const subnet = spec && readSubnet(spec.subnet);
  if (!spec || !subnet) return undefined;
  const known = pool.find(parent, 'machines');
  const { ip, write } = known === undefined ? pool.choose(parent, 'machines', onEnd) : { ip: known, write: undefined };
  const domain = spec.dnsDomain;
  const address = {
    network: 'default',
    ip,
    prefixLength: subnet.prefixLength,
    gateway: spec.gateway,
    mac: macOf(addressNumber(ip) as number),
    dnsServers: [spec.gateway],
    searchDomains: [`${namespace}.svc.${domain}`, `svc.${domain}`, domain],
    mtu: spec.mtu ?? 1500,
  };
  return { annotation: JSON.stringify([address]), writes: write ? [write] : [] };
}
