import { type Random, SeededRandom } from '@godwit/base';
import type { Event, Stored } from '@godwit/kinds';
import type { Plant } from './cloud/plant.ts';
import { SimulatedCloud } from './cloud/simulated-cloud.ts';
import type { HostSize } from './cloud/simulated-host.ts';
import { Wire } from './cloud/wire.ts';
import { type Invariant, leaks, makeInvariants, unsettled, Violation } from './invariants/index.ts';
import { Chaos } from './workload/chaos.ts';
import { Pledges } from './workload/pledges.ts';
import { drawRepertoire, type Offer } from './workload/repertoire.ts';
import { Rhythm } from './workload/rhythm.ts';
import { User } from './workload/user.ts';
import { EventLog } from './world/event-log.ts';
import { Life } from './world/life.ts';
import { WatchedClock } from './world/watched-clock.ts';

export interface SimulationOptions {
  readonly seed: number;
  /** How long things go wrong, in simulated minutes. */
  readonly minutes: number;
  /** Drawn from the seed where absent: mostly one, sometimes more. */
  readonly hosts?: number;
  /** No quiet times in between. */
  readonly busy?: boolean;
  readonly plant?: Plant;
  /** What users make; drawn from the seed where absent. */
  readonly repertoire?: readonly Offer[];
  /** Names of the invariants that count; all of them where absent. */
  readonly invariants?: readonly string[];
  /** Hears of every event. */
  readonly onEvent?: (line: string) => void;
}

export interface SimulationResult {
  readonly seed: number;
  /** The same for every run of this seed by the same program. */
  readonly hash: string;
  readonly events: number;
  /** Ends of programs that were not asked for. */
  readonly kills: number;
  readonly simulatedMs: number;
  readonly violation?: Violation;
  /** The last events, when something was violated. */
  readonly tail: readonly string[];
}

const HOST: HostSize = { cpuMillis: 4_000, memoryBytes: 4 * 2 ** 30 };
const USERS = ['ann', 'bob', 'cleo'];
const MASTERS = ['system:masters', 'system:authenticated'];

const SECOND_MS = 1_000;
const START_MS = 120_000;
/** Longest that it may take, once all works again, until everything is as the specs ask. */
const SETTLE_MS = 20 * 60_000;
/** How often a run says what it waits for. */
const TELL_SECONDS = 30;
/** More steps than this in one second: somebody runs in circles. Of the last of them it is noted who made them. */
const MOST_STEPS_AT_ONCE = 200_000;
const WATCHED_STEPS = 2_000;

/** What is not as it should be in the end, in words, by the invariant that asks for it. */
type Missing = Readonly<Record<string, readonly string[]>>;

/** One run: a cloud, its users, what goes wrong, and what must hold all the same. */
export class Simulation {
  readonly #options: SimulationOptions;
  readonly #clock = new WatchedClock();
  readonly #events: EventLog;
  readonly #cloud: SimulatedCloud;
  readonly #pledges = new Pledges();
  readonly #users: readonly User[];
  readonly #chaos: Chaos;
  readonly #invariants: readonly Invariant[];
  #violation: Violation | undefined;

  constructor(options: SimulationOptions) {
    this.#options = options;
    const clock = this.#clock;
    const random = new SeededRandom(options.seed);
    const draw = random.next();
    const repertoire = options.repertoire ?? drawRepertoire(random.fork());
    // Where there is one host only, nothing moves and nothing sleeps.
    const least = repertoire.some(({ balances }) => balances) ? 2 : 1;
    const count = options.hosts ?? Math.max(least, draw < 0.6 ? 1 : draw < 0.85 ? 2 : 3);
    this.#events = new EventLog(() => clock.monotonic(), options.onEvent);
    const events = this.#events;
    clock.onNoTime = (where) => {
      this.#violation ??= new Violation('progress', `a timer was set to no time at ${where}`);
    };
    const hosts = Array.from({ length: count }, () => HOST);
    const measured = repertoire.some(({ scales, balances }) => scales || balances);
    const plant = options.plant ?? {};
    this.#cloud = new SimulatedCloud({ clock, random: random.fork(), events, hosts, plant, measured });
    const rhythm = new Rhythm(clock, random.fork(), options.busy);
    this.#users = USERS.map((name) => this.#user(name, random, rhythm, repertoire));
    const users = this.#users.map(({ life }) => life);
    this.#chaos = new Chaos({ cloud: this.#cloud, users, clock, random: random.fork(), events, rhythm });
    this.#invariants = makeInvariants({
      cloud: this.#cloud,
      nowMs: () => clock.monotonic(),
      report: (violation) => {
        if (this.#counts(violation.invariant)) this.#violation ??= violation;
      },
    });
    this.#cloud.view.listen({
      changed: ({ plural, before, after }) => {
        if (plural === 'events' && after && !before) events.add(wordsOf(after as Stored<Event>));
      },
      acknowledged: ({ revision, writes }) =>
        events.add(`store ${revision}: ${writes.map(({ key }) => key).join(' ')}`),
    });
  }

  /** Never throws for what it finds. */
  async run(): Promise<SimulationResult> {
    const onRejection = (error: unknown) => {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#violation ??= new Violation('no-unhandled-rejection', text);
    };
    process.on('unhandledRejection', onRejection);
    try {
      await this.#story();
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      this.#violation ??= error;
    } finally {
      process.off('unhandledRejection', onRejection);
      this.#cloud.end();
      for (const { life } of this.#users) life.end();
    }
    return this.#result();
  }

  #result(): SimulationResult {
    const { seed } = this.#options;
    const violation = this.#violation;
    return {
      seed,
      events: this.#events.count,
      kills: this.#cloud.kills,
      simulatedMs: this.#clock.monotonic(),
      tail: violation ? this.#events.tail : [],
      hash: this.#events.digest(),
      ...(violation && { violation }),
    };
  }

  async #story(): Promise<void> {
    const cloud = this.#cloud;
    for (const station of cloud.stations) cloud.start(station);
    await this.#until(START_MS, () => ({ progress: cloud.allReady ? [] : ['not every program is ready'] }));
    for (const user of this.#users) void user.live();
    this.#chaos.start();
    await this.#pass(this.#options.minutes * 60 * SECOND_MS);
    this.#chaos.stop();
    for (const user of this.#users) user.stop();
    await this.#until(START_MS, () => ({ progress: this.#busy() }));
    await this.#await(
      this.#users.map((user) => user.tidy()),
      () => ({ progress: unsettled(cloud), 'no-leaks': leaks(cloud) }),
    );
    await this.#await(
      this.#users.map((user) => user.leave()),
      () => ({ progress: unsettled(cloud), 'no-leaks': [...leaks(cloud), ...remains(cloud)] }),
    );
  }

  #busy(): string[] {
    return this.#users.flatMap(({ idle, doing }) => (idle ? [] : [`a user still waits: ${doing}`]));
  }

  /** Lets time pass until users have what they wait for and nothing else is missing either. */
  async #await(waiting: readonly Promise<void>[], missing: () => Missing): Promise<void> {
    let left = waiting.length;
    for (const each of waiting) void each.then(() => left--);
    await this.#until(SETTLE_MS, () => {
      const { progress = [], ...rest } = missing();
      const users = left > 0 ? ['users still wait for their things to be gone'] : [];
      return { progress: [...users, ...progress], ...rest };
    });
  }

  /** Lets time pass. */
  async #pass(durationMs: number): Promise<void> {
    const endMs = this.#clock.monotonic() + durationMs;
    while (this.#clock.monotonic() < endMs) await this.#second();
  }

  /** Lets time pass until nothing is missing any more. */
  async #until(withinMs: number, missing: () => Missing): Promise<void> {
    const endMs = this.#clock.monotonic() + withinMs;
    for (let seconds = 1; ; seconds++) {
      await this.#second();
      const reasonsLeft = Object.entries(missing()).filter(([, reasons]) => reasons.length > 0);
      const [first] = reasonsLeft.filter(([name]) => this.#counts(name));
      if (!first) return;
      if (seconds % TELL_SECONDS === 0) this.#events.add(`after ${seconds} s: ${first[1].slice(0, 3).join('; ')}`);
      if (this.#clock.monotonic() < endMs) continue;
      const [invariant, reasons] = first;
      throw new Violation(invariant, `after ${withinMs / SECOND_MS} s: ${reasons.slice(0, 10).join('; ')}`);
    }
  }

  /** One second, event by event. */
  async #second(): Promise<void> {
    let over = false;
    this.#clock.after(SECOND_MS, () => {
      over = true;
    });
    for (let steps = 0; !over; steps++) {
      await settle();
      this.#check();
      if (steps === MOST_STEPS_AT_ONCE - WATCHED_STEPS) this.#clock.watch();
      if (steps > MOST_STEPS_AT_ONCE) throw new Violation('progress', this.#standstill());
      this.#clock.step();
    }
    for (const invariant of this.#invariants) invariant.second?.();
    if (!this.#counts('acknowledged-writes')) return;
    for (const broken of this.#pledges.broken(this.#cloud.view)) throw new Violation('acknowledged-writes', broken);
  }

  /** Why time does not pass, and what everybody is waiting for. */
  #standstill(): string {
    const programs = this.#cloud.stations.map(({ host, life, readySinceMs }) => {
      return `${host.name} ${readySinceMs !== undefined ? 'is ready' : life ? 'starts' : 'has no program'}`;
    });
    const reasons = [...this.#clock.busiest(), ...this.#busy(), ...programs, ...unsettled(this.#cloud).slice(0, 5)];
    return `time stands still, somebody runs in circles: ${reasons.join('; ')}`;
  }

  #counts(invariant: string): boolean {
    return this.#options.invariants?.includes(invariant) ?? true;
  }

  #check(): void {
    for (const invariant of this.#invariants) invariant.step?.();
    if (this.#cloud.view.failure !== undefined) throw this.#cloud.view.failure;
    if (this.#violation) throw this.#violation;
  }

  #user(name: string, random: Random, rhythm: Rhythm, repertoire: readonly Offer[]): User {
    const events = this.#events;
    const life = new Life({ name, clock: this.#clock, random: random.fork(), events, onCrash: () => undefined });
    const user = { name, groups: MASTERS };
    const wire = new Wire({ life, server: this.#cloud.server, user, agent: 'kubectl' });
    const hosts = this.#cloud.stations.map(({ host }) => host.name);
    return new User({
      name,
      life,
      wire,
      random: random.fork(),
      pledges: this.#pledges,
      events,
      hosts,
      rhythm,
      repertoire,
    });
  }
}

/** Everything that can go on without time passing does: the turn ends when no promise has anything left to do. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function wordsOf({ involvedObject, reason, message }: Stored<Event>): string {
  return `event: ${involvedObject.kind} ${involvedObject.name} ${reason}: ${message}`;
}

/** What is there although nobody wants anything any more. */
function remains({ view, stations }: SimulatedCloud): string[] {
  const plurals = ['deployments', 'replicasets', 'pods', 'virtualmachines', 'virtualmachineinstances'];
  const sets = ['virtualmachinepools', 'virtualmachineinstancereplicasets', 'poddisruptionbudgets', 'datavolumes'];
  const volumes = ['persistentvolumeclaims', 'persistentvolumes'];
  const policies = ['horizontalpodautoscalers', 'elasticpolicies', 'balancepolicies'];
  const objects = [...plurals, ...sets, ...volumes, ...policies, 'resourcequotas', 'limitranges'].flatMap((plural) =>
    [...view.all(plural)].map(({ kind, metadata }) => `${kind} ${metadata.name} is left`),
  );
  const learned = [...view.all('configmaps')].filter(({ metadata }) => metadata.name.startsWith('elastic-policy-'));
  objects.push(...learned.map(({ metadata }) => `what was learned is left: ${metadata.name}`));
  objects.push(
    ...stations.filter(({ asleep }) => asleep).map(({ host }) => `${host.name} sleeps, and nobody asks it to`),
  );
  const machines = stations.flatMap(({ host }) => [
    ...host.containers.actual().map(({ name }) => `container ${name} is left on ${host.name}`),
    ...host.hypervisor.remains().map((uid) => `guest ${uid} is left on ${host.name}`),
    ...host.network.actual().map(({ machineUid }) => `a port of ${machineUid} is left on ${host.name}`),
    ...host.volumes.actual().map((name) => `volume ${name} is left on ${host.name}`),
  ]);
  return [...objects, ...machines];
}
