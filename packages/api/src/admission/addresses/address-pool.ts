import { counted, timestamp, type World } from '@godwit/base';
import {
  addressNumber,
  addressText,
  contains,
  type IPAddress,
  type KubeObject,
  type Network,
  readSubnet,
  StatusFailure,
  type Subnet,
} from '@godwit/kinds';
import type { Write } from '@godwit/store';
import { Document } from '../../documents/document.ts';
import type { KindHub } from '../../documents/kind-hub.ts';

/** Whose an address is. */
export interface AddressParent {
  readonly group: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

/** An address that has been chosen, and the write that makes it the parent's; none when it is that already. */
export interface ChosenAddress {
  readonly ip: string;
  readonly write?: Write;
}

export type Range = 'machines' | 'services' | 'load-balancers';

/** Where the pool asks to be told when the try that it chose an address for is over. */
export type OnEnd = (end: (written: boolean) => void) => void;

/**
 * Gives addresses of the default network. An address is given by writing its IPAddress object in the same
 * batch as what needs it, with `previous: 0`: so it is never given twice, whoever else is giving. What other
 * requests of this process have chosen and not written yet is kept aside, so that they rarely collide.
 */
export class AddressPool {
  readonly #world: World;
  readonly #addresses: KindHub;
  readonly #networks: KindHub;
  readonly #chosen = new Set<string>();
  readonly #next = new Map<Range, number>();
  /** The default network, read once for each of its versions: every binding asks for it. */
  #read: ReadNetwork | undefined;

  /** Both hubs must be live. */
  constructor(world: World, addresses: KindHub, networks: KindHub) {
    this.#world = world;
    this.#addresses = addresses;
    this.#networks = networks;
  }

  /** The default network, or undefined where there is none: then nothing gets an address. */
  get network(): Network | undefined {
    const document = this.#networks.cache.get(`${this.#networks.prefix}/default`);
    if (this.#read?.document !== document) this.#read = document && readNetwork(document);
    return this.#read?.network;
  }

  /** The address that a parent has in a range. */
  find(parent: AddressParent, range: Range): string | undefined {
    const subnet = this.#subnet(range);
    return this.of(parent)
      .map((document) => document.object.metadata.name)
      .find((ip) => subnet && contains(subnet, addressNumber(ip) ?? -1));
  }

  /** All addresses of a parent. */
  of(parent: AddressParent): readonly Document[] {
    const found = this.#addresses.cache.by('parent', parentText(parent), parentOfAddress);
    return [...found].map(([, document]) => document);
  }

  /** A free address of a range. Throws `ServiceUnavailable` when there is none. */
  choose(parent: AddressParent, range: Range, onEnd: OnEnd): ChosenAddress {
    const subnet = this.#subnet(range);
    if (!subnet) throw new StatusFailure('ServiceUnavailable', 'there is no network "default" to take addresses from');
    // The first address names the range, the last is for everybody, and the gateway is the host's.
    const usable = subnet.size <= 2 ? subnet.size : subnet.size - 2;
    const begin = this.#next.get(range) ?? 0;
    for (let step = 0; step < usable; step++) {
      const offset = (begin + step) % usable;
      const ip = addressText(subnet.first + offset + (subnet.size <= 2 ? 0 : 1));
      if (this.#isTaken(ip)) continue;
      this.#next.set(range, (offset + 1) % usable);
      return this.#take(ip, parent, onEnd);
    }
    const message = `no address is left in ${range} (${counted(subnet.size, 'address', 'addresses')})`;
    throw new StatusFailure('ServiceUnavailable', message, { retryAfterSeconds: 10 });
  }

  /** A certain address. Undefined when it is not of the range or belongs to somebody else. */
  claim(ip: string, parent: AddressParent, range: Range, onEnd: OnEnd): ChosenAddress | undefined {
    const subnet = this.#subnet(range);
    const number = addressNumber(ip);
    if (!subnet || number === undefined || !contains(subnet, number)) return undefined;
    const owner = this.#addresses.cache.get(`${this.#addresses.prefix}/${ip}`);
    if (owner) return parentOfAddress(owner.object) === parentText(parent) ? { ip } : undefined;
    return this.#isTaken(ip) ? undefined : this.#take(ip, parent, onEnd);
  }

  #subnet(range: Range): Subnet | undefined {
    return this.network && this.#read?.subnets[range];
  }

  #isTaken(ip: string): boolean {
    if (this.#chosen.has(ip) || ip === this.network?.spec.gateway) return true;
    return this.#addresses.cache.get(`${this.#addresses.prefix}/${ip}`) !== undefined;
  }

  #take(ip: string, parent: AddressParent, onEnd: OnEnd): ChosenAddress {
    this.#chosen.add(ip);
    onEnd(() => this.#chosen.delete(ip));
    const object: IPAddress = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IPAddress',
      metadata: { name: ip, uid: this.#world.ids.uuid(), creationTimestamp: timestamp(this.#world.clock) },
      spec: { parentRef: parent },
    };
    return {
      ip,
      write: { key: `${this.#addresses.prefix}/${ip}`, body: Document.draft(object), previous: 0 },
    };
  }

  /** Writes that give all addresses of a parent back. */
  release(parent: AddressParent): readonly Write[] {
    return this.of(parent).map((document) => ({
      key: `${this.#addresses.prefix}/${document.object.metadata.name}`,
      body: null,
      previous: document.revision,
    }));
  }

  /** Gives one address back, when the parent has it. */
  releaseOne(parent: AddressParent, ip: string): Write | undefined {
    return this.release(parent).find((write) => write.key === `${this.#addresses.prefix}/${ip}`);
  }
}

interface ReadNetwork {
  readonly document: Document;
  readonly network: Network;
  readonly subnets: Readonly<Record<Range, Subnet | undefined>>;
}

function readNetwork(document: Document): ReadNetwork {
  const network = document.object as unknown as Network;
  const { subnet, serviceSubnet, loadBalancerRange } = network.spec;
  const subnets = {
    machines: readSubnet(subnet),
    services: readSubnet(serviceSubnet),
    'load-balancers': readSubnet(loadBalancerRange),
  };
  return { document, network, subnets };
}

function parentText({ group, resource, namespace, name }: AddressParent): string {
  return `${group}/${resource}/${namespace}/${name}`;
}

function parentOfAddress(object: KubeObject): string {
  const parent = (object as IPAddress).spec?.parentRef;
  if (!parent) return '';
  const { group = '', resource, namespace = '', name } = parent;
  return parentText({ group, resource, namespace, name });
}
