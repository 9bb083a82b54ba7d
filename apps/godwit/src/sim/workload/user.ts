import { codeOf, counted, type Random } from '@godwit/base';
import { type Address, isAlreadyExists, isNotFound, type KubeObject, StatusFailure, type Stored } from '@godwit/kinds';
import type { Wire } from '../cloud/wire.ts';
import type { EventLog } from '../world/event-log.ts';
import type { Life } from '../world/life.ts';
import { isBoundByHand, isLarge, type Manifest } from './manifests.ts';
import type { Pledges } from './pledges.ts';
import type { Scalable } from './policies.ts';
import { claimOffer, deploymentOffer, deployments, type Offer, type Order, pick, placeOf } from './repertoire.ts';
import type { Rhythm } from './rhythm.ts';

export interface UserOptions {
  readonly name: string;
  readonly life: Life;
  readonly wire: Wire;
  readonly random: Random;
  readonly pledges: Pledges;
  readonly events: EventLog;
  readonly hosts: readonly string[];
  readonly rhythm: Rhythm;
  readonly repertoire: readonly Offer[];
}

/** How long a pod has to end that a user evicts, in seconds: nobody else gives so long, and so evictions can be told. */
export const EVICTION_GRACE_SECONDS = 3;

interface Thing {
  readonly offer: Offer;
  readonly name: string;
  /** A pod that takes much room. */
  readonly large: boolean;
  /** A pod that its user binds. */
  readonly byHand: boolean;
  /** Undefined while it is not known whether it is there. */
  uid: string | undefined;
}

const LONGEST_PAUSE_MS = 7_000;
const RETRY_MS = 1_500;
const APPS = ['red', 'blue'];

/** Somebody who uses the cloud, makes up their mind by the seed, and remembers what they were told. */
export class User {
  readonly life: Life;
  readonly #options: UserOptions;
  readonly #things = new Map<string, Thing>();
  #serial = 0;
  #stopped = false;
  /** What is being done now. */
  doing: string | undefined;

  constructor(options: UserOptions) {
    this.#options = options;
    this.life = options.life;
  }

  get idle(): boolean {
    return this.#stopped && this.doing === undefined;
  }

  /** Does one thing after the other until told to stop. */
  async live(): Promise<void> {
    const { random, life, rhythm } = this.#options;
    while (!this.#stopped) {
      await life.world.clock.sleep(1 + random.integer(LONGEST_PAUSE_MS * rhythm.stretch));
      if (this.#stopped) return;
      await this.#attempt(this.#choose());
    }
  }

  /** Begins nothing more. */
  stop(): void {
    this.#stopped = true;
  }

  /** Makes room for what others wait for. */
  tidy(): Promise<void> {
    return this.#deleteAll(({ large }) => large);
  }

  /** Deletes everything, however often that has to be asked for; resolves when all of it is gone. */
  leave(): Promise<void> {
    return this.#deleteAll(() => true);
  }

  async #deleteAll(which: (thing: Thing) => boolean): Promise<void> {
    const left = () => [...this.#things.values()].filter(which);
    while (left().length > 0) {
      for (const thing of left()) await this.#attempt(() => this.#delete(thing));
      await this.life.world.clock.sleep(RETRY_MS);
    }
  }

  async #attempt(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      if (!(error instanceof StatusFailure)) throw error;
      this.#say(`${this.doing} failed: ${codeOf(error)}`);
    }
    this.doing = undefined;
  }

  #say(text: string): void {
    this.#options.events.add(`${this.#options.name}: ${text}`);
  }

  #begin(what: string): void {
    this.doing = what;
    this.#say(what);
  }

  #choose(): () => Promise<void> {
    const { random } = this.#options;
    const things = [...this.#things.values()];
    const thing = things[random.integer(things.length)];
    const dice = random.next();
    if (!thing || dice < 0.35) return () => this.#create();
    if (dice > 0.95) return () => this.#evict();
    if (thing.uid === undefined) return () => this.#look(thing);
    if (dice < 0.55) return () => this.#delete(thing);
    if (thing.offer === deploymentOffer) return () => this.#changeDeployment(thing);
    if (thing.byHand) return () => this.#bind(thing);
    const { order } = thing.offer;
    if (order && random.next() < 0.8) return () => this.#order(thing, order(thing.name, random, this.#options.hosts));
    return () => this.#look(thing);
  }

  async #create(): Promise<void> {
    const { random, name, repertoire } = this.#options;
    const counts = Map.groupBy(this.#things.values(), ({ offer }) => offer);
    const possible = repertoire.filter((offer) => (counts.get(offer)?.length ?? 0) < offer.most);
    // What governs the others comes early, or little would come of it.
    const early = possible.find((offer) => offer.balances && random.next() < 0.5);
    const offer = early ?? possible[random.integer(possible.length)];
    if (!offer) return;
    const choice = { random, app: pick(APPS, random), claim: this.#claim(), scalable: this.#scalable() };
    const manifests = offer.make(`${name}-${++this.#serial}`, choice);
    const [first] = manifests;
    // Those of another kind come along, and nobody asks for them by themselves.
    const things = new Map(
      manifests.filter(({ kind }) => kind === first?.kind).map((one) => [one, newThing(offer, one)]),
    );
    for (const thing of things.values()) this.#things.set(thing.name, thing);
    for (const manifest of manifests) {
      this.#begin(`create ${manifest.kind} ${manifest.metadata.name}`);
      const thing = things.get(manifest);
      if (thing) await this.#sendManifest(thing, manifest);
      else await this.#options.wire.create(placeOf(manifest, offer.resource), manifest);
      if (thing?.byHand) await this.#bind(thing);
    }
  }

  async #sendManifest(thing: Thing, manifest: Manifest): Promise<void> {
    try {
      this.#has(thing, await this.#options.wire.create(placeOf(manifest, thing.offer.resource), manifest));
    } catch (error) {
      // An earlier try that nobody answered may have made it.
      if (isAlreadyExists(error)) await this.#look(thing);
      else throw error;
    }
  }

  /** A claim that is there, if there is one. */
  #claim(): string | undefined {
    return [...this.#things.values()].find(({ offer }) => offer === claimOffer)?.name;
  }

  /** Something whose number can be changed, mostly of their own; sometimes what is not there (any more). */
  #scalable(): Scalable {
    const { random, name } = this.#options;
    const mine = [...this.#things.values()].flatMap(({ offer, name: thing }) => {
      const kind = scalableKinds[offer.resource.plural];
      return kind ? [{ ...kind, name: thing }] : [];
    });
    const none = { apiVersion: 'apps/v1', kind: 'Deployment', name: `${name}-${this.#serial}` };
    return mine.length > 0 ? pick(mine, random) : none;
  }

  /** It is there, with this UID: that is certain until somebody deletes it. */
  #has(thing: Thing, object: Stored<KubeObject>): void {
    const { uid, deletionTimestamp } = object.metadata;
    // While a deletion is under way nothing is certain.
    thing.uid = deletionTimestamp ? undefined : uid;
    if (deletionTimestamp) return this.#options.pledges.withdraw(keyOf(thing));
    this.#pledge(thing, `it was there with UID ${uid}`, (found) => found?.metadata.uid === uid);
  }

  #pledge(thing: Thing, what: string, holds: (object: Stored<KubeObject> | undefined) => boolean): void {
    this.#options.pledges.give(keyOf(thing), { what, holds });
  }

  /** Finds out whether something is there. */
  async #look(thing: Thing): Promise<void> {
    this.#begin(`look for ${thing.name}`);
    try {
      this.#has(thing, await this.#options.wire.get(addressOf(thing)));
    } catch (error) {
      if (!isNotFound(error)) throw error;
      this.#gone(thing);
    }
  }

  #gone(thing: Thing): void {
    this.#things.delete(thing.name);
    this.#pledge(thing, 'it was gone', (object) => object === undefined);
  }

  async #delete(thing: Thing): Promise<void> {
    const { random, wire } = this.#options;
    const propagationPolicy = pick(['Background', 'Foreground'] as const, random);
    this.#begin(`delete ${thing.name} (${propagationPolicy})`);
    this.#options.pledges.withdraw(keyOf(thing));
    thing.uid = undefined;
    try {
      const result = await wire.delete(addressOf(thing), { propagationPolicy });
      if (result.deleted) this.#gone(thing);
      else this.#pledge(thing, 'it was deleted', (found) => !found || found.metadata.deletionTimestamp !== undefined);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      this.#gone(thing);
    }
  }

  async #changeDeployment(thing: Thing): Promise<void> {
    const { random, wire, pledges } = this.#options;
    const replicas = random.integer(5);
    const version = String(this.#serial++);
    const rollOut = random.next() < 0.4;
    // Where autoscalers may be, nobody can promise how many there are.
    const certain = rollOut || !this.#options.repertoire.some(({ scales }) => scales);
    this.#begin(rollOut ? `roll out version ${version} of ${thing.name}` : `scale ${thing.name} to ${replicas}`);
    pledges.withdraw(keyOf(thing));
    const containers = [{ name: 'main', env: [{ name: 'VERSION', value: version }] }];
    const spec = rollOut ? { template: { spec: { containers } } } : { replicas };
    await this.#orGone(thing, () => wire.patch(addressOf(thing), { type: 'strategic', body: { spec } }));
    if (thing.uid === undefined) return;
    const { uid } = thing;
    if (!certain) return this.#pledge(thing, `it was there with UID ${uid}`, (found) => found?.metadata.uid === uid);
    this.#pledge(thing, rollOut ? `it had version ${version}` : `it had ${counted(replicas, 'replica')}`, (found) => {
      const now = (found as { readonly spec?: DeploymentLike } | undefined)?.spec;
      if (found?.metadata.uid !== uid || !now) return false;
      return rollOut ? now.template.spec.containers[0]?.env?.[0]?.value === version : now.replicas === replicas;
    });
  }

  /** A change of something that may be gone, as a user finds out. */
  async #orGone(thing: Thing, change: () => Promise<unknown>): Promise<void> {
    try {
      await change();
    } catch (error) {
      if (isNotFound(error)) this.#gone(thing);
      else thing.uid = undefined;
      throw error;
    }
  }

  async #order(thing: Thing, { words, patch, body, ...where }: Order): Promise<void> {
    const { wire } = this.#options;
    this.#begin(`${words} ${thing.name}`);
    const address = { ...addressOf(thing), ...where };
    if (where.plural === deployments.plural) Object.assign(address, { ...deployments, namespace: thing.name });
    if (patch) await wire.patch(address, patch);
    else if (body) await wire.create(address, body);
    else await wire.act(address);
  }

  /** Asks a pod that will be made again to go, as somebody does who empties a host. */
  async #evict(): Promise<void> {
    const { random, wire } = this.#options;
    this.#begin('evict a pod');
    const { items } = await wire.list({ group: '', version: 'v1', plural: 'pods', namespace: 'default' });
    const victim = pick(
      items.filter(({ metadata }) => metadata.ownerReferences),
      random,
    );
    if (!victim) return;
    const { name, namespace = '', uid } = victim.metadata;
    this.#begin(`evict ${name}`);
    const deleteOptions = { gracePeriodSeconds: EVICTION_GRACE_SECONDS, preconditions: { uid } };
    const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace }, deleteOptions };
    await wire.create({ group: '', version: 'v1', plural: 'pods', namespace, name, subresource: 'eviction' }, body);
  }

  /** Binds a pod to a host as a person may, whether it fits or not. */
  async #bind(thing: Thing): Promise<void> {
    const { random, wire, hosts } = this.#options;
    const host = pick(hosts, random);
    this.#begin(`bind ${thing.name} to ${host}`);
    const target = { apiVersion: 'v1', kind: 'Node', name: host };
    const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name: thing.name, namespace: 'default' }, target };
    await wire.create({ ...addressOf(thing), subresource: 'binding' }, binding);
  }
}

interface DeploymentLike {
  readonly replicas?: number;
  readonly template: {
    readonly spec: { readonly containers: readonly { readonly env?: readonly { readonly value?: string }[] }[] };
  };
}

/** What autoscalers may be for, by plural. */
const scalableKinds: Readonly<Record<string, Omit<Scalable, 'name'>>> = {
  deployments: { apiVersion: 'apps/v1', kind: 'Deployment' },
  virtualmachineinstancereplicasets: { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachineInstanceReplicaSet' },
  virtualmachinepools: { apiVersion: 'pool.kubevirt.io/v1beta1', kind: 'VirtualMachinePool' },
};

function newThing(offer: Offer, manifest: Manifest): Thing {
  const { name } = manifest.metadata;
  return { offer, name, large: isLarge(manifest), byHand: isBoundByHand(manifest), uid: undefined };
}

function addressOf({ offer: { resource, everywhere }, name }: Thing): Address & { readonly name: string } {
  return { ...resource, ...(!everywhere && { namespace: 'default' }), name };
}

function keyOf(thing: Thing): string {
  const { group, plural, namespace = '', name } = addressOf(thing);
  return `/${group || 'core'}/${plural}/${namespace}/${name}`;
}
