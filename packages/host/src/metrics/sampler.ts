import { describeError, type Timer, type World } from '@godwit/base';
import { Growth, type HostUsage, type MachineName, type MeasuredUsage, type UsageAccess } from '@godwit/kinds';
import { History, type Subject } from './history.ts';
import type { BalancerReading, HostReading, MachineReading, PartReading } from './reading.ts';

export interface SamplerOptions {
  readonly world: Pick<World, 'clock' | 'log'>;
  /** Reads the host's own counters. */
  readonly host?: (() => HostReading) | undefined;
  /** All machines of one kind each. */
  readonly machines: readonly { readings(): Promise<readonly MachineReading[]> }[];
  readonly network: { balancers(): Promise<readonly BalancerReading[]> };
  readonly history?: History;
}

/** One sample: everything that was read at about the same moment. */
export interface Sample {
  /** Of the clock that never goes back. */
  readonly atMs: number;
  readonly host?: HostReading;
  readonly machines: readonly MachineReading[];
  readonly balancers: readonly BalancerReading[];
}

const PERIOD_MS = 1_000;
/**
 * What is told as "use now" is the mean of this time, as far as so much is known. Short, so that autoscalers see a step
 * of the load at once: they smooth by themselves.
 */
const WINDOW_MS = 3_000;
/** When reading has failed for so long, nothing is known of now. */
const STALE_MS = 15_000;
const HOST: Subject = 'host';

/** Reads everything once a second, and remembers. */
export class Sampler implements UsageAccess {
  readonly history: History;
  readonly #options: SamplerOptions;
  readonly #counters = new Map<string, { readonly growth: Growth; seenMs: number }>();
  #latest: Sample | undefined;
  #timer: Timer | undefined;
  #stopped = false;
  #failing = false;

  constructor(options: SamplerOptions) {
    this.#options = options;
    this.history = options.history ?? new History();
  }

  start(): void {
    this.#next(0);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  /** The newest sample as it was read. */
  get latest(): Sample | undefined {
    return this.#latest;
  }

  usage(): Promise<HostUsage> {
    const sample = this.#latest;
    const { clock } = this.#options.world;
    if (!sample || clock.monotonic() - sample.atMs > STALE_MS) return Promise.resolve({ machines: [] });
    const host = this.#used(HOST, sample.atMs);
    const machines = sample.machines.flatMap(({ machine, parts }) => {
      const used = parts.flatMap(({ name }) => {
        const usage = this.#used(subjectOfPart(machine, name), sample.atMs);
        return usage ? [{ name, ...usage }] : [];
      });
      return used.length > 0 ? [{ machine, parts: used }] : [];
    });
    return Promise.resolve({ ...(host && { host }), machines });
  }

  /** Takes one sample now. */
  async sample(): Promise<void> {
    const { world, host, machines, network } = this.#options;
    const atMs = world.clock.monotonic();
    const read = await Promise.all([Promise.all(machines.map((kind) => kind.readings())), network.balancers()]);
    const sample: Sample = { atMs, ...(host && { host: host() }), machines: read[0].flat(), balancers: read[1] };
    this.#latest = sample;
    if (sample.host) this.#recordUse(HOST, sample.atMs, { ...sample.host, run: '' });
    for (const { machine, parts } of sample.machines) {
      for (const part of parts) this.#recordUse(subjectOfPart(machine, part.name), sample.atMs, part);
    }
    for (const balancer of sample.balancers) this.#recordBalancer(balancer, sample.atMs);
    this.#forget(sample.atMs);
  }

  #next(delayMs: number): void {
    this.#timer = this.#options.world.clock.after(delayMs, () => void this.#tick());
  }

  async #tick(): Promise<void> {
    const { clock, log } = this.#options.world;
    const beganMs = clock.monotonic();
    try {
      await this.sample();
      this.#failing = false;
    } catch (error) {
      // Told once: what cannot be read now will not be in a second either.
      if (!this.#failing) log.warn('cannot measure this host', { error: describeError(error) });
      this.#failing = true;
    }
    // On the grid of whole periods, however long reading took: else seconds would be left out.
    if (!this.#stopped) this.#next(PERIOD_MS - ((clock.monotonic() - beganMs) % PERIOD_MS));
  }

  #recordUse(subject: Subject, atMs: number, { cpuSeconds, memoryBytes, run }: Omit<PartReading, 'name'>): void {
    const cpu = this.#counter(subject, atMs).next(atMs, cpuSeconds, run);
    this.history.record(subject, atMs, { cpu, memory: memoryBytes });
  }

  #recordBalancer(reading: BalancerReading, atMs: number): void {
    const subject = subjectOfService(reading);
    const requests = this.#counter(`${subject}/requests`, atMs).next(atMs, reading.requests);
    const errors = this.#counter(`${subject}/errors`, atMs).next(atMs, reading.errors);
    // The mean stands still while nobody asks: then it says nothing about now.
    const latency = requests === undefined || requests === 0 ? undefined : reading.latencySeconds;
    const { queued: queue, connections } = reading;
    this.history.record(subject, atMs, { requests, errors, queue, connections, latency });
  }

  #counter(key: string, atMs: number): Growth {
    const known = this.#counters.get(key) ?? { growth: new Growth(), seenMs: atMs };
    known.seenMs = atMs;
    this.#counters.set(key, known);
    return known.growth;
  }

  #forget(atMs: number): void {
    for (const [key, { seenMs }] of this.#counters) if (atMs - seenMs > WINDOW_MS) this.#counters.delete(key);
    this.history.tidy(atMs);
  }

  #used(subject: Subject, atMs: number): MeasuredUsage | undefined {
    const cpu = this.history.series(subject, 'cpu');
    const memory = this.history.series(subject, 'memory')?.last;
    // Seconds that began after the beginning of the window: the one that it begins in is only half in it.
    const points = cpu?.points(atMs - WINDOW_MS + PERIOD_MS) ?? [];
    if (points.length === 0 || !memory) return undefined;
    const { clock } = this.#options.world;
    return {
      atMs: clock.now() - (clock.monotonic() - atMs),
      windowMs: points.length * PERIOD_MS,
      cpuCores: points.reduce((sum, { mean }) => sum + mean, 0) / points.length,
      memoryBytes: memory.value,
    };
  }
}

export function subjectOfPart({ kind, namespace, name }: Omit<MachineName, 'uid'>, part: string): Subject {
  return `${kind}/${namespace}/${name}/${part}`;
}

export function subjectOfService({ namespace, name }: { readonly namespace: string; readonly name: string }): Subject {
  return `Service/${namespace}/${name}`;
}
