import type { ElasticMetricSpec, ElasticPolicySpec } from '@godwit/kinds';
import { parseQuantity } from '@godwit/kinds';
import { type ElasticLoad, ElasticMemory, ForetoldLoad, type ForetoldState, ScaleHistory } from '@godwit/planner';
import { usual } from './elastic-question.ts';

/** What was learned by metric: of which algorithm, and what. Plain JSON. */
export type Learned = Readonly<Record<string, { readonly of: string; readonly state: ForetoldState }>>;

/** What is remembered of one policy; what it has learned may be kept. */
export class PolicyMemory {
  readonly decisions = new ElasticMemory(() => new ScaleHistory());
  readonly #forecasts = new Map<string, { readonly of: string; readonly load: ForetoldLoad }>();
  lookedAtMs = Number.NEGATIVE_INFINITY;
  /** How long after that it is looked at again, unless there is news. */
  restMs = 0;
  generation = -1;
  /** Whether a request waited when it was looked at last. */
  awaited = false;
  /** When the status was written last. */
  wroteAtMs = Number.NEGATIVE_INFINITY;
  /** When what it has learned was kept last, or found; undefined before that. */
  keptAtMs: number | undefined;
  #learned: Learned = {};

  /** What another process had learned: taken up by the metrics that it is about. */
  recall(learned: Learned): void {
    this.#learned = learned;
  }

  learned(wallMs: number): Learned {
    return Object.fromEntries(
      [...this.#forecasts].map(([name, { of, load }]) => [name, { of, state: load.save(wallMs) }]),
    );
  }

  /** Takes a sample of a metric that is foretold; the units that the forecast asks for. */
  foretell(
    metric: ElasticMetricSpec,
    spec: ElasticPolicySpec,
    load: ElasticLoad | undefined,
    readyUnits: number,
    now: { readonly monotonicMs: number; readonly wallMs: number },
  ): number | undefined {
    const { predictive } = metric;
    if (!predictive) return undefined;
    // Another target or margin is another forecast: what was learned is in its units.
    const of = JSON.stringify([predictive, spec.startSeconds]);
    let forecast = this.#forecasts.get(metric.name);
    if (forecast?.of !== of) {
      const { value, margin = usual.margin } = predictive;
      const startMs = 1000 * (spec.startSeconds ?? usual.startSeconds);
      const make = () => new ForetoldLoad(parseQuantity(value) ?? Number.NaN, margin, startMs);
      const known = this.#learned[metric.name];
      forecast = { of, load: known?.of === of ? goingOn(make, known.state, now.wallMs) : make() };
      this.#forecasts.set(metric.name, forecast);
    }
    const total = load && (load.of === 'shared' ? load.value : load.value * readyUnits);
    forecast.load.add(total, now.monotonicMs, now.wallMs);
    return forecast.load.units;
  }
}

/** From where another process stood; what is damaged is learned anew. */
function goingOn(make: () => ForetoldLoad, state: ForetoldState, wallMs: number): ForetoldLoad {
  const load = make();
  try {
    load.restore(state, wallMs);
    return load;
  } catch {
    return make();
  }
}
