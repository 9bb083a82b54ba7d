import { createHash } from 'node:crypto';
import { SeededRandom, VirtualClock } from '@godwit/base';
import type { WhyWaiting } from '@godwit/controllers';
import { node } from '@godwit/kinds';
import type { Policy } from '@godwit/planner';
import { type Answers, answer } from '../ask/index.ts';
import { type MoveTotals, RehearsedCloud } from '../cloud/index.ts';
import { epochBefore, RehearsedMetrics, ScenarioTime, SharedLoads } from '../load/index.ts';
import {
  compareBeginning,
  Deeds,
  type DeedsDone,
  type GroupElasticity,
  Ledger,
  type Loss,
  Losses,
  type ReserveCheck,
  ReserveWatch,
  reserveCheckOf,
  type Sample,
  type TakenOver,
  takeSample,
} from '../measure/index.ts';
import { groupsUnder, type Plan, type PlannedEvent, type PlannedPolicy } from '../plan/index.ts';
import { type Crowd, crowdOf } from './crowd.ts';
import { Elastics } from './elastics.ts';
import { exampleRequests } from './example-requests.ts';
import { KnownSizes } from './known-sizes.ts';
import type { ScaleListener } from './scaled-crowd.ts';

/** Why machines had no host. */
export interface Refused {
  /** As their condition says it. */
  readonly message: string;
  /** What that stands for; absent where somebody else than the scheduler said it. */
  readonly why?: WhyWaiting;
  /** How many of them at most at one time. */
  readonly machines: number;
}

/** What came of one policy. Energy in kilowatt-hours, carbon in kilograms. */
export interface Run {
  readonly policy: string;
  /** It plans moves or switching, and leaves them to people. */
  readonly advises: boolean;
  /** The same for every run of this plan by the same program. */
  readonly hash: string;
  /** How it began: whether machines that were there already were where they are. */
  readonly taken?: TakenOver;
  readonly samples: readonly Sample[];
  readonly losses: readonly Loss[];
  readonly refusals: readonly Refused[];
  readonly moves: number;
  /** Machines that were carried to another host while they ran. */
  readonly carried: MoveTotals;
  /** What policies did to machines and hosts, and why. */
  readonly deeds: DeedsDone;
  /** How groups with a demand followed it. */
  readonly elasticity: readonly GroupElasticity[];
  readonly energy: number;
  /** Of that, what hosts took that ran nothing, and that could have been off. */
  readonly emptyEnergy: number;
  readonly carbon: number;
  readonly cost: number;
  /** Share of the wanted machine-time in which machines ran. */
  readonly availability: number;
  /** Share of the machine-time on hosts of which more was asked than they have. */
  readonly squeezed: number;
  /** Share of the processor time that machines would have used and did not get. */
  readonly undone: number;
  /** Moments at which the power cap was exceeded, and the reserve was not held, in milliseconds. */
  readonly overCapMs: readonly number[];
  readonly reserveLostMs: readonly number[];
  /** Of those, the ones at which it would not have been held either if all that slept had been awake. */
  readonly reserveBrokenMs: readonly number[];
  readonly reserveCheck: ReserveCheck;
  readonly answers: Answers;
  readonly writes: number;
  readonly quiet: { readonly heartbeats: number; readonly events: number; readonly samples: number };
}

/** Told now and then: how much of the time has passed, 0 to 1. */
export type Progress = (share: number, doing: string) => void;

/** Runs a plan under one policy, on virtual time. */
export async function rehearse(plan: Plan, planned: PlannedPolicy, onProgress: Progress): Promise<Run> {
  onProgress(0, 'hosts');
  const clock = new VirtualClock(epochBefore(plan.warmUpMs, plan.known?.atMs));
  const time = new ScenarioTime(clock, plan.warmUpMs);
  const groups = groupsUnder(plan.groups, planned.scalers);
  const loads = new SharedLoads(groups, time);
  const metrics = new RehearsedMetrics(loads, clock);
  const measured = loads.measured(groups);
  const curves = new Map(measured.map(({ name, load }) => [name, load]));
  const cloud = await RehearsedCloud.open({
    seed: plan.seed,
    hosts: plan.hosts,
    ...(plan.known && { objects: plan.known.objects }),
    policies: planned.objects,
    wakeMs: planned.wakeMs,
    shareOf: (group) => curves.get(group)?.(time.nowMs) ?? 0,
    clock,
    metrics,
  });
  loads.follow(cloud.fleet.client, (host) => cloud.fleet.hosts.get(host)?.on === true);
  const rehearsal = new Rehearsal({ ...plan, groups: measured }, planned.placing, { cloud, loads, time }, onProgress);
  try {
    await rehearsal.run();
    return { ...rehearsal.result(), advises: planned.advises };
  } finally {
    await cloud.close();
  }
}

interface Stage {
  readonly cloud: RehearsedCloud;
  readonly loads: SharedLoads;
  readonly time: ScenarioTime;
}

class Rehearsal {
  readonly #plan: Plan;
  readonly #policy: Policy;
  readonly #cloud: RehearsedCloud;
  readonly #ledger: Ledger;
  readonly #losses: Losses;
  #crowds: readonly Crowd[] = [];
  readonly #loads: SharedLoads;
  readonly #elastics: Elastics;
  readonly #time: ScenarioTime;
  readonly #onProgress: Progress;
  readonly #samples: Sample[] = [];
  readonly #refusals = new Map<string, number>();
  readonly #overCapMs: number[] = [];
  readonly #sum = { energy: 0, emptyEnergy: 0, carbon: 0, cost: 0, squeezedMs: 0, machineMs: 0, asked: 0, undone: 0 };
  #capWatts: number | undefined;
  #taken: TakenOver | undefined;
  readonly #reserve: ReserveWatch;
  readonly #deeds: Deeds;

  constructor(plan: Plan, policy: Policy, { cloud, loads, time }: Stage, onProgress: Progress) {
    this.#plan = plan;
    this.#policy = policy;
    this.#cloud = cloud;
    this.#onProgress = onProgress;
    const { client } = cloud.fleet;
    this.#ledger = new Ledger(client);
    this.#ledger.lose(plan.hosts.filter(({ begins }) => begins?.state === 'lost').map(({ name }) => name));
    this.#losses = new Losses(this.#ledger, () => time.nowMs);
    this.#time = time;
    this.#loads = loads;
    this.#elastics = new Elastics(loads, cloud.clock, time, plan.durationMs);
    const listener: ScaleListener = {
      onSize: () => this.#wantAsMany(),
      onAction: (name, action) => this.#elastics.act(name, action),
    };
    const sizes = plan.known ? new KnownSizes(client, listener) : { of: () => 0 };
    this.#crowds = plan.groups.map((group) => crowdOf(group, client, listener, sizes));
    this.#reserve = new ReserveWatch(this.#ledger, plan.reserveHosts, policy, new SeededRandom(plan.seed));
    this.#deeds = new Deeds(client, () => time.nowMs);
  }

  async run(): Promise<void> {
    const { durationMs, sampleMs, warmUpMs } = this.#plan;
    this.#onProgress(0, 'machines');
    await this.#cloud.until(this.#cloud.fleet.client.ready());
    await this.#follow(0);
    await this.#cloud.pass(warmUpMs);
    this.#time.begin();
    this.#ledger.begin();
    if (this.#plan.known) this.#taken = compareBeginning(this.#plan.known.places, this.#ledger.machines.values());
    const sizes = new Map(this.#crowds.map((crowd) => [crowd.group.name, crowd]));
    this.#elastics.begin((group) => sizes.get(group)?.size ?? 0);
    const marks = this.#marks();
    for (let atMs = 0; atMs <= durationMs; atMs = Math.min(atMs + sampleMs, Math.max(durationMs, atMs + 1))) {
      await this.#until(atMs, marks);
      await this.#follow(atMs);
      this.#take(atMs, Math.min(sampleMs, durationMs - atMs));
      this.#onProgress(atMs / durationMs, 'time');
    }
  }

  /** What happens, in order: the beginnings and the ends of events. */
  #marks(): { readonly atMs: number; readonly happen: () => Promise<void> }[] {
    const marks = this.#plan.events.flatMap((event) => [
      { atMs: event.atMs, happen: () => this.#begin(event) },
      ...(event.untilMs === undefined ? [] : [{ atMs: event.untilMs, happen: () => this.#end(event) }]),
    ]);
    return marks.toSorted((a, b) => a.atMs - b.atMs);
  }

  /** Lets time pass up to a moment, with everything that happens until then. */
  async #until(atMs: number, marks: { readonly atMs: number; readonly happen: () => Promise<void> }[]): Promise<void> {
    for (let mark = marks[0]; mark && mark.atMs <= atMs; mark = marks[0]) {
      marks.shift();
      await this.#passTo(mark.atMs);
      await this.#cloud.until(mark.happen());
    }
    await this.#passTo(atMs);
  }

  async #passTo(atMs: number): Promise<void> {
    const leftMs = atMs - this.#time.nowMs;
    if (leftMs > 0) await this.#cloud.pass(leftMs);
  }

  async #begin({ event, hosts, atMs }: PlannedEvent): Promise<void> {
    const { fleet } = this.#cloud;
    if (event.lose) {
      this.#losses.begin(Object.values(event.lose).join(' '), hosts);
      this.#ledger.lose(hosts);
      await fleet.losePower(hosts);
    }
    if (event.maintain) await fleet.maintain(hosts, true);
    this.#blind(event, true);
    if (event.powerCapWatts !== undefined) this.#capWatts = event.powerCapWatts;
    for (const [change, sign] of [
      [event.add, 1],
      [event.remove, -1],
    ] as const) {
      const crowd = this.#crowds.find(({ group }) => group.name === change?.machines);
      crowd?.order(sign * (change?.count ?? 0));
      await crowd?.follow(atMs);
    }
    this.#wantAsMany();
  }

  async #end({ event, hosts, atMs }: PlannedEvent): Promise<void> {
    const { fleet } = this.#cloud;
    if (event.lose) {
      this.#ledger.regain(hosts);
      await fleet.restorePower(hosts);
    }
    if (event.maintain) await fleet.maintain(hosts, false);
    this.#blind(event, false);
    if (event.powerCapWatts !== undefined) this.#capWatts = undefined;
    for (const [change, sign] of [
      [event.add, -1],
      [event.remove, 1],
    ] as const) {
      const crowd = this.#crowds.find(({ group }) => group.name === change?.machines);
      crowd?.order(sign * (change?.count ?? 0));
      await crowd?.follow(atMs);
    }
    this.#wantAsMany();
  }

  #blind({ blind }: PlannedEvent['event'], isBlind: boolean): void {
    const load = blind && this.#loads.of(blind.machines);
    if (load) load.blind = isBlind;
  }

  async #follow(atMs: number): Promise<void> {
    for (const crowd of this.#crowds) await this.#cloud.until(crowd.follow(atMs));
    this.#wantAsMany();
  }

  #wantAsMany(): void {
    this.#ledger.want(this.#crowds.reduce((sum, { size }) => sum + size, 0));
  }

  #take(atMs: number, forMs: number): void {
    const { fleet } = this.#cloud;
    const sample = takeSample(atMs, this.#plan, this.#ledger, fleet, this.#reserve.state());
    this.#samples.push(sample);
    const hours = forMs / 3_600_000;
    const energy = (sample.watts / 1000) * hours;
    let hostPrice = 0;
    for (const { on, facts } of fleet.hosts.values()) if (on) hostPrice += facts.pricePerHour;
    this.#sum.energy += energy;
    this.#sum.emptyEnergy += (sample.emptyWatts / 1000) * hours;
    this.#sum.carbon += (energy * this.#plan.carbon(atMs)) / 1000;
    this.#sum.cost += energy * this.#plan.energyPrice(atMs) + hostPrice * hours;
    const pricePerHour = (sample.watts / 1000) * this.#plan.energyPrice(atMs) + hostPrice;
    this.#elastics.charge(sample.cpuMillis > 0 ? (1000 * pricePerHour) / sample.cpuMillis : 0);
    this.#sum.squeezedMs += sample.squeezed * forMs;
    this.#sum.asked += sample.cpuAsked * hours;
    this.#sum.undone += (sample.cpuAsked - sample.cpuUsed) * hours;
    this.#sum.machineMs += sample.running * forMs;
    if (this.#capWatts !== undefined && sample.watts > this.#capWatts) this.#overCapMs.push(atMs);
    if (sample.refused > 0) this.#noteRefusals();
  }

  #noteRefusals(): void {
    const now = new Map<string, number>();
    for (const { refusal } of this.#ledger.machines.values()) {
      if (refusal !== undefined) now.set(refusal, (now.get(refusal) ?? 0) + 1);
    }
    for (const [why, machines] of now) this.#refusals.set(why, Math.max(machines, this.#refusals.get(why) ?? 0));
  }

  result(): Omit<Run, 'advises'> {
    const { wantedMs, missingMs } = this.#ledger.availability();
    const { energy, emptyEnergy, carbon, cost, squeezedMs, machineMs, asked, undone } = this.#sum;
    const losses = this.#losses.results();
    const samples = this.#samples;
    const { fleet, writes, quietEvents, refusals } = this.#cloud;
    const whyOf = (message: string) => {
      const why = refusals.get(message);
      return why && { why };
    };
    this.#onProgress(1, 'answers');
    const elasticity = this.#elastics.results();
    const deeds = this.#deeds.results();
    const nodes = [...fleet.client.cache(node).values()].length;
    const digest = createHash('sha256').update(
      JSON.stringify([samples, losses, writes, nodes, deeds.counts, ...elasticity]),
    );
    return {
      policy: this.#policy.name,
      hash: digest.digest('hex').slice(0, 16),
      samples,
      losses,
      refusals: [...this.#refusals]
        .map(([message, machines]) => ({ message, machines }))
        .toSorted((a, b) => b.machines - a.machines)
        .slice(0, 20)
        .map((refused) => ({ ...refused, ...whyOf(refused.message) })),
      moves: this.#ledger.moves,
      carried: fleet.moves.totals,
      deeds,
      elasticity,
      ...(this.#taken && { taken: this.#taken }),
      energy,
      emptyEnergy,
      carbon,
      cost,
      availability: wantedMs > 0 ? 1 - missingMs / wantedMs : 1,
      squeezed: machineMs > 0 ? squeezedMs / machineMs : 0,
      undone: asked > 0 ? undone / asked : 0,
      overCapMs: this.#overCapMs,
      reserveLostMs: samples.filter(({ reserveHeld }) => !reserveHeld).map(({ atMs }) => atMs),
      reserveBrokenMs: samples.filter(({ reserveCanHold }) => !reserveCanHold).map(({ atMs }) => atMs),
      reserveCheck: reserveCheckOf(this.#plan.reserveHosts, this.#plan.hosts.length),
      answers: answer(this.#plan, this.#ledger.snapshot, this.#policy, exampleRequests(this.#plan.groups)),
      writes,
      quiet: {
        heartbeats: fleet.quietHeartbeats,
        events: quietEvents,
        samples: samples.length * quietSamples(this.#plan),
      },
    };
  }
}

/** Samples of machines and hosts that a live cloud would have taken, one a second, for each that is taken here. */
function quietSamples({ sampleMs, hosts }: Plan): number {
  return Math.round((sampleMs / 1000) * hosts.length);
}
