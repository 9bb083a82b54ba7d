import { believed } from '@godwit/kinds';
import type { ScaleHistory } from '../scale-history.ts';
import { type LimitedCount, type LimitRules, limited } from '../scale-limits.ts';
import { type ElasticAlgorithm, unitsBy } from './algorithm.ts';
import type { ElasticLoad } from './load.ts';
import { outOrUp, type Shape, type ShapeBounds } from './out-or-up.ts';
import type { UnknownMetric, WhyUnknown } from './unknown-metric.ts';

export interface ElasticMetric {
  readonly name: string;
  /** The resource that is scarce when this metric is high; where its size may not be changed, machines are. */
  readonly resource: string;
  readonly algorithm: ElasticAlgorithm;
  /** What was found, or why it was not. */
  readonly load: ElasticLoad | { readonly failure: WhyUnknown };
  /** What the predictive scaler last said, in units. */
  readonly forecast?: number;
}

export interface ElasticQuestion {
  readonly metrics: readonly ElasticMetric[];
  /** What there is meant to be now. */
  readonly now: Shape;
  /** Machines that serve. */
  readonly ready: number;
  readonly bounds: ShapeBounds;
  readonly up: LimitRules;
  readonly down: LimitRules;
  /** How long nothing must have been wanted before the last machine goes; in milliseconds. */
  readonly idleMs: number;
  /** Machines to have when no metric could be told for so long. */
  readonly lost?: { readonly afterMs: number; readonly replicas: number };
}

/** What is remembered of one policy. Instants are monotonic. */
export class ElasticMemory {
  readonly #histories = new Map<string, ScaleHistory>();
  readonly #make: () => ScaleHistory;
  /** When a metric was told last. */
  toldAtMs: number | undefined;

  constructor(make: () => ScaleHistory) {
    this.#make = make;
  }

  /** By the resource that is counted. */
  history(of: string): ScaleHistory {
    let history = this.#histories.get(of);
    if (!history) {
      history = this.#make();
      this.#histories.set(of, history);
    }
    return history;
  }

  /** What was decided has been done: rates count it. */
  done(parts: readonly ElasticPart[], nowMs: number): void {
    for (const { of, before, units } of parts) this.history(of).changed(before, units, nowMs);
  }
}

/** What was decided of one resource, or of machines, in units. */
export interface ElasticPart extends Pick<LimitedCount, 'stabilized' | 'limited'> {
  readonly of: string;
  readonly before: number;
  readonly wanted: number;
  readonly units: number;
  /** The metric that asked for most. */
  readonly by: string;
  /** What the others asked for. */
  readonly others: readonly { readonly name: string; readonly units: number }[];
}

export interface ElasticAnswer {
  readonly shape: Shape;
  /** metrics: calculated. hold: metrics are lost and the rest does not ask for more. lost: for too long. wake: there is load and nothing to serve it. */
  readonly by: 'metrics' | 'hold' | 'lost' | 'wake';
  readonly parts: readonly ElasticPart[];
  readonly unknown: readonly UnknownMetric[];
}

/** Machines as such, where no size may be changed. */
export const MACHINES = 'machines';

/**
 * The shape that a workload should have: every metric asks for a number of units of its scarce resource; of
 * each resource the largest demand counts, stabilised and limited; `outOrUp` makes machines of it.
 * @param nowMs monotonic
 */
export function decideElastic(question: ElasticQuestion, memory: ElasticMemory, nowMs: number): ElasticAnswer {
  const { metrics, now, bounds, lost } = question;
  const told = metrics.filter((metric): metric is ToldMetric => !('failure' in metric.load) && makesSense(metric.load));
  const unknown = metrics.flatMap((metric) => unknownOf(metric));
  memory.toldAtMs ??= nowMs;
  if (told.length > 0) memory.toldAtMs = nowMs;
  else if (lost && nowMs - memory.toldAtMs >= lost.afterMs) {
    const replicas = Math.min(bounds.maximum, Math.max(bounds.minimum, lost.replicas));
    return { shape: { ...now, replicas }, by: 'lost', parts: [], unknown };
  }
  const groups = Map.groupBy(told, ({ resource }) => (Object.hasOwn(bounds.sizes, resource) ? resource : MACHINES));
  const parts = [...groups].map(([of, group]) => partOf(of, group, unknown.length > 0, question, memory, nowMs));
  const shape = shaped(parts, question);
  const waking = now.replicas === 0 && shape.replicas > 0;
  const by = waking ? 'wake' : told.length === 0 ? 'hold' : 'metrics';
  return { shape, by, parts, unknown };
}

type ToldMetric = ElasticMetric & { readonly load: ElasticLoad };

const makesSense = ({ value }: ElasticLoad) => believed(value) !== undefined;

function unknownOf({ name, load }: ElasticMetric): readonly UnknownMetric[] {
  if ('failure' in load) return [{ name, why: load.failure }];
  return makesSense(load) ? [] : [{ name, why: { is: 'senseless', value: String(load.value) } }];
}

/** How many units there are of a resource: machines, times how often the least size goes into theirs. */
function unitsNow(of: string, machines: number, { now, bounds }: ElasticQuestion): number {
  const size = bounds.sizes[of];
  return size ? Math.ceil((machines * (now.sizes[of] ?? size.minimum)) / size.minimum - 1e-9) : machines;
}

function partOf(
  of: string,
  metrics: readonly ToldMetric[],
  incomplete: boolean,
  question: ElasticQuestion,
  memory: ElasticMemory,
  nowMs: number,
): ElasticPart {
  const { now, ready, bounds, up, down, idleMs } = question;
  const carriers = { current: unitsNow(of, now.replicas, question), ready: unitsNow(of, ready, question) };
  const asked = metrics.map(({ name, algorithm, load, forecast }) => {
    const units = unitsBy(algorithm, load, carriers, forecast);
    // Nothing is there to serve a load that there is: whatever the thresholds say, somebody waits.
    const woken = carriers.current === 0 && load.value > 0 ? Math.max(1, units) : units;
    return { name, units: woken };
  });
  const most = asked.reduce((best, one) => (one.units > best.units ? one : best));
  const { current } = carriers;
  const wanted = incomplete ? Math.max(current, most.units) : most.units;
  const size = bounds.sizes[of];
  const growth = size ? size.maximum / size.minimum : 1;
  const limits = { minimum: bounds.minimum, maximum: Math.floor(bounds.maximum * growth + 1e-9), up, down };
  const history = memory.history(of);
  const busy = Math.max(0, ...history.recommended(idleMs, nowMs)) > 0;
  const first = current === 0 && wanted > 0;
  const result = limited(wanted, current, first ? { ...limits, up: {} } : limits, history, nowMs);
  const units = result.count === 0 && current > 0 && busy ? 1 : result.count;
  const { stabilized, limited: why } = result;
  const others = asked.filter((one) => one !== most);
  return { of, before: current, wanted, units, by: most.name, others, stabilized, limited: why };
}

function shaped(parts: readonly ElasticPart[], { now, bounds }: ElasticQuestion): Shape {
  // A resource of which no metric speaks stays as it is on each machine.
  const spoken = Object.entries(bounds.sizes).filter(([name]) => parts.some(({ of }) => of === name));
  const unitsOf = (name: string) => parts.find(({ of }) => of === name)?.units ?? 0;
  const totals = Object.fromEntries(spoken.map(([name, size]) => [name, unitsOf(name) * size.minimum]));
  const replicas = parts.length === 0 ? now.replicas : unitsOf(MACHINES);
  const { replicas: machines, sizes } = outOrUp({ replicas, totals }, { ...bounds, sizes: Object.fromEntries(spoken) });
  return { replicas: machines, sizes: { ...now.sizes, ...sizes } };
}
