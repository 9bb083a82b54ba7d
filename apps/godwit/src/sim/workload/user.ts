import { codeOf, type Random } from '@godwit/base';
import { type Address, isAlreadyExists, isNotFound, type KubeObject, StatusFailure, type Stored } from '@godwit/kinds';
import type { Wire } from '../cloud/wire.ts';
import type { EventLog } from '../world/event-log.ts';
import type { Life } from '../world/life.ts';
import {
  claimManifest,
  deploymentManifest,
  type Manifest,
  machineManifest,
  podManifest,
  serviceManifest,
} from './manifests.ts';
import type { Pledges } from './pledges.ts';
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
}

type Resource = Pick<Address, 'group' | 'version' | 'plural'>;

const deployments: Resource = { group: 'apps', version: 'v1', plural: 'deployments' };
const machines: Resource = { group: 'kubevirt.io', version: 'v1', plural: 'virtualmachines' };
const pods: Resource = { group: '', version: 'v1', plural: 'pods' };
const services: Resource = { group: '', version: 'v1', plural: 'services' };
const claims: Resource = { group: '', version: 'v1', plural: 'persistentvolumeclaims' };

/** Most objects of each kind that one user has at a time. */
const MOST = new Map<Resource, number>([
  [deployments, 2],
  [machines, 2],
  [pods, 3],
  [services, 2],
  [claims, 1],
]);

interface Thing {
  readonly resource: Resource;
  readonly name: string;
  /** A pod that takes much room, wherever somebody binds it. */
  large: boolean;
  /** Undefined while it is not known whether it is there. */
  uid: string | undefined;
}

const LONGEST_PAUSE_MS = 6_000;
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
    if (thing.uid === undefined) return () => this.#look(thing);
    if (dice < 0.55) return () => this.#delete(thing);
    if (thing.resource === deployments) return () => this.#changeDeployment(thing);
    if (thing.resource === machines) return () => this.#orderMachine(thing);
    if (thing.large) return () => this.#bind(thing);
    return () => this.#look(thing);
  }

  async #create(): Promise<void> {
    const { random, name } = this.#options;
    const counts = Map.groupBy(this.#things.values(), ({ resource }) => resource);
    const possible = [...MOST].filter(([resource, most]) => (counts.get(resource)?.length ?? 0) < most);
    const [resource] = possible[random.integer(possible.length)] ?? [];
    if (!resource) return;
    const manifest = this.#manifest(resource, `${name}-${++this.#serial}`);
    const large = JSON.stringify(manifest).includes('by-hand');
    const thing: Thing = { resource, name: manifest.metadata.name, large, uid: undefined };
    this.#things.set(thing.name, thing);
    this.#begin(`create ${manifest.kind} ${thing.name}`);
    await this.#sendManifest(thing, manifest);
    if (large) await this.#bind(thing);
  }

  async #sendManifest(thing: Thing, manifest: Manifest): Promise<void> {
    const { name: _, ...place } = addressOf(thing);
    try {
      this.#has(thing, await this.#options.wire.create(place, manifest));
    } catch (error) {
      // An earlier try that nobody answered may have made it.
      if (isAlreadyExists(error)) await this.#look(thing);
      else throw error;
    }
  }

  #manifest(resource: Resource, name: string): Manifest {
    const { random } = this.#options;
    const app = pick(APPS, random);
    switch (resource) {
      case deployments:
        return deploymentManifest(name, app, 1 + random.integer(3), pick(['web', 'web', 'stubborn'], random));
      case machines: {
        const strategy = pick(['Always', 'Always', 'RerunOnFailure', 'Manual', 'Halted'], random);
        const claim = random.next() < 0.5 ? this.#claim() : undefined;
        return machineManifest(random.next() < 0.15 ? `deaf-${name}` : name, app, strategy, claim);
      }
      case services:
        return serviceManifest(name, app, pick(['ClusterIP', 'NodePort', 'LoadBalancer'], random));
      case claims:
        return claimManifest(name);
      default:
        return this.#podManifest(name, app);
    }
  }

  #podManifest(name: string, app: string): Manifest {
    const { random } = this.#options;
    const claim = this.#claim();
    const byHand = random.next() < 0.4;
    const lasting = random.next() < 0.6;
    return podManifest(name, {
      app,
      image: lasting ? pick(['web', 'stubborn'], random) : pick(['brief', 'failing'], random),
      restartPolicy: lasting ? 'Always' : 'Never',
      byHand,
      ...(claim && !byHand && { claim }),
    });
  }

  /** A claim that is there, if there is one. */
  #claim(): string | undefined {
    return [...this.#things.values()].find(({ resource }) => resource === claims)?.name;
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
    this.#begin(rollOut ? `roll out version ${version} of ${thing.name}` : `scale ${thing.name} to ${replicas}`);
    pledges.withdraw(keyOf(thing));
    const containers = [{ name: 'main', env: [{ name: 'VERSION', value: version }] }];
    const spec = rollOut ? { template: { spec: { containers } } } : { replicas };
    await this.#orGone(thing, () => wire.patch(addressOf(thing), { type: 'strategic', body: { spec } }));
    if (thing.uid === undefined) return;
    const { uid } = thing;
    this.#pledge(thing, rollOut ? `it had version ${version}` : `it had ${replicas} replicas`, (found) => {
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

  async #orderMachine(thing: Thing): Promise<void> {
    const order = pick(['start', 'stop', 'restart', 'pause', 'unpause', 'softreboot'], this.#options.random);
    this.#begin(`${order} ${thing.name}`);
    const plural = ['start', 'stop', 'restart'].includes(order) ? 'virtualmachines' : 'virtualmachineinstances';
    const address = { ...addressOf(thing), group: 'subresources.kubevirt.io', plural, subresource: order };
    await this.#options.wire.act(address);
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

function addressOf({ resource, name }: Thing): Address & { readonly name: string } {
  return { ...resource, namespace: 'default', name };
}

function keyOf({ resource, name }: Thing): string {
  return `/${resource.group || 'core'}/${resource.plural}/default/${name}`;
}

function pick<T>(values: readonly T[], random: Random): T {
  return values[random.integer(values.length)] as T;
}
