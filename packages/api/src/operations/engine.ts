import { describeError, Failure, hasCode, KeyedLock, timestamp, type World } from '@godwit/base';
import { type Address, type KindDefinition, StatusFailure, type Verb } from '@godwit/kinds';
import type { Store } from '@godwit/store';
import type { AddressPool } from '../admission/addresses/address-pool.ts';
import type { Admitter } from '../admission/admitter.ts';
import type { Attributes, Authorizer } from '../authorization/authorizer.ts';
import type { MachineHub } from '../authorization/node-authorizer.ts';
import type { RbacIndex } from '../authorization/rbac-index.ts';
import type { Document } from '../documents/document.ts';
import { Feed } from '../documents/feed.ts';
import { documentOf } from '../documents/form.ts';
import { documentKey } from '../documents/keys.ts';
import type { KindHub } from '../documents/kind-hub.ts';
import { forbidden, notFound } from '../validation/index.ts';
import { tellAllocations } from './allocation.ts';
import { Hubs } from './hubs.ts';
import { KindRegistry } from './kind-registry.ts';
import type { Caller } from './operations.ts';
import type { Allocations, OperationsOptions } from './options.ts';

/** What all operations share: the store and its caches, the kinds, and who may do what. */
export class Engine {
  readonly world: World;
  readonly store: Store;
  readonly kinds: KindRegistry;
  readonly feed: Feed;
  readonly hubs: Hubs;
  readonly options: OperationsOptions;
  authorizer: Authorizer = { decide: () => ({ allowed: false }) };
  admitters: readonly Admitter[] = [];
  /** Kinds whose objects run on nodes. */
  machines: readonly MachineHub[] = [];
  /** Where machines and services get their addresses; absent without the kinds that it needs. */
  addresses: AddressPool | undefined;
  /** Who has which rights; absent without the kinds of RBAC. */
  rbac: RbacIndex | undefined;
  readonly locks = new KeyedLock();
  #allocations: Allocations | undefined;
  #second = -1;
  #secondText = '';

  constructor(options: OperationsOptions) {
    this.options = options;
    this.world = options.world;
    this.store = options.store;
    this.kinds = new KindRegistry(options.kinds);
    this.feed = new Feed(options.world, options.store);
    this.hubs = new Hubs(options.world, options.store, this.feed, options);
  }

  /** Who judges whether there is room on a node. It is told of all machines before it is asked for the first time. */
  get allocations(): Allocations | undefined {
    const { allocations } = this.options;
    if (allocations && !this.#allocations) tellAllocations(allocations, this.machines);
    this.#allocations = allocations;
    return allocations;
  }

  /** Waits until the caches show everything that had been written when this was called. */
  async current(): Promise<void> {
    const tip = this.options.tip ? await this.options.tip() : this.store.revision;
    if (this.feed.revision < tip) await this.feed.reached(tip);
  }

  /** The hub of a kind, showing everything that has been written. */
  async fresh(kind: KindDefinition): Promise<KindHub> {
    const hub = this.hubs.of(kind);
    if (!hub.live) await hub.load();
    await this.current();
    return hub;
  }

  /** What the store holds under a key now, for a write that will be checked against it. */
  async stored(kind: KindDefinition, namespace: string | undefined, name: string): Promise<Document | undefined> {
    const key = documentKey(kind, namespace, name);
    const entry = await this.store.get(key).catch((error: unknown) => {
      throw storeFailure(error);
    });
    if (!entry) return undefined;
    const cached = this.hubs.of(kind).cache.get(key);
    return cached?.revision === entry.revision ? cached : documentOf(kind, entry);
  }

  async existing(kind: KindDefinition, namespace: string | undefined, name: string): Promise<Document> {
    const document = await this.stored(kind, namespace, name);
    if (!document) throw notFound(kind, name);
    return document;
  }

  /** Throws `Forbidden` unless the caller may do that. */
  authorize(caller: Caller, attributes: Attributes): void {
    const decision = this.authorizer.decide(caller.user, attributes);
    if (decision.allowed) return;
    const who = `User ${JSON.stringify(caller.user.name)} cannot ${attributes.verb}`;
    if ('path' in attributes) {
      throw new StatusFailure('Forbidden', `forbidden: ${who} path ${JSON.stringify(attributes.path)}`, {});
    }
    const { group, resource, subresource, namespace, name = '' } = attributes;
    const what = subresource ? `${resource}/${subresource}` : resource;
    const where = namespace ? `in the namespace ${JSON.stringify(namespace)}` : 'at the cluster scope';
    const why = `${who} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)} ${where}`;
    throw forbidden({ group, plural: resource }, name, decision.reason ? `${why}: ${decision.reason}` : why);
  }

  /** Whether the caller may do `verb` at the address. */
  authorizeAddress(caller: Caller, verb: string, address: Address, fields?: ReadonlyMap<string, string>): void {
    const name = address.name ?? fields?.get('metadata.name');
    this.authorize(caller, {
      verb,
      group: address.group,
      resource: address.plural,
      ...(address.subresource !== undefined && { subresource: address.subresource }),
      ...(address.namespace !== undefined && { namespace: address.namespace }),
      ...(name !== undefined && { name }),
      ...(fields && { fields }),
    });
  }

  /** The kind at an address, when it has the verb. Throws `NotFound` or `MethodNotAllowed`. */
  kindFor(address: Address, verb: Verb): KindDefinition {
    const kind = this.kinds.at(address);
    if (!kind.verbs.includes(verb)) throw methodNotAllowed();
    if (!kind.namespaced && address.namespace !== undefined && kind.plural !== 'namespaces') {
      throw new StatusFailure('NotFound', 'the server could not find the requested resource');
    }
    return kind;
  }

  /** The time as objects carry it. Many writes share a second. */
  now(): string {
    const second = Math.floor(this.world.clock.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#secondText = timestamp({ now: () => second * 1000 });
    }
    return this.#secondText;
  }

  async close(): Promise<void> {
    this.hubs.close();
    await this.feed.close();
  }
}

export function methodNotAllowed(): StatusFailure {
  return new StatusFailure('MethodNotAllowed', 'the server does not allow this method on the requested resource');
}

/** What a failure of the store means to a client. */
export function storeFailure(error: unknown): unknown {
  if (hasCode(error, 'unavailable')) {
    const unknown = error instanceof Failure && error.details.unknown === true;
    const message = unknown
      ? 'the store is not available now; whether the write was done must be read again'
      : `the store is not available now, and nothing was written: ${describeError(error)}`;
    return new StatusFailure('ServiceUnavailable', message, { retryAfterSeconds: 1 }, error);
  }
  if (hasCode(error, 'too-old')) return expired(error);
  return error;
}

export function expired(cause?: unknown): StatusFailure {
  const message =
    'The provided resource version or continue parameter is too old. List again to begin with a consistent state.';
  return new StatusFailure('Expired', message, undefined, cause);
}
