import type { ElasticMetricSpec, ElasticPolicySpec } from '@godwit/kinds';
import { parseQuantity } from '@godwit/kinds';
import { type ElasticLoad, ElasticMemory, ForetoldLoad, ScaleHistory } from '@godwit/planner';
import { usual } from './elastic-question.ts';

/** What is remembered of one policy while the process lives. */
export class PolicyMemory {
  readonly decisions = new ElasticMemory(() => new ScaleHistory());
  readonly #forecasts = new Map<string, { readonly of: string; readonly load: ForetoldLoad }>();
  lookedAtMs = Number.NEGATIVE_INFINITY;
  generation = -1;
  /** Whether a request waited when it was looked at last. */
  awaited = false;
  /** When the status was written last. */
  wroteAtMs = Number.NEGATIVE_INFINITY;

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
      forecast = { of, load: new ForetoldLoad(parseQuantity(value) ?? Number.NaN, margin, startMs) };
      this.#forecasts.set(metric.name, forecast);
    }
    const total = load && (load.of === 'shared' ? load.value : load.value * readyUnits);
    forecast.load.add(total, now.monotonicMs, now.wallMs);
    return forecast.load.units;
  }
}
