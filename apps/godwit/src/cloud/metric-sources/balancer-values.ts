import { type Clock, Failure } from '@godwit/base';
import type { ValueSource } from '@godwit/controllers';
import { type Sampler, subjectOfService } from '@godwit/host';
import { balancerMeasures } from '@godwit/kinds';

/** The mean of so long counts as now: short enough to see a step of the load, long enough not to see its noise. */
const WINDOW_MS = 3_000;
/** Samples are of whole seconds: the one in which the window begins is only half in it. */
const SAMPLE_MS = 1_000;

/** Metrics of Services, as their load balancer sees them. */
export function balancerValues(
  sampler: () => Pick<Sampler, 'history' | 'latest'> | undefined,
  clock: Pick<Clock, 'monotonic'>,
): ValueSource {
  return (query) => {
    if (query.of !== 'object' || query.kind !== 'Service') return undefined;
    const measure = balancerMeasures.find((one) => one === query.metric);
    // Somebody said where it is told.
    if (!measure && query.url !== undefined) return undefined;
    if (!measure) {
      const known = balancerMeasures.join(', ');
      return Promise.reject(new Failure('metric-unknown', `a Service has no metric ${query.metric}; it has ${known}`));
    }
    const subject = subjectOfService(query);
    const value = sampler()
      ?.history.series(subject, measure)
      ?.mean(clock.monotonic() - WINDOW_MS + SAMPLE_MS);
    const windowMs = WINDOW_MS;
    if (value !== undefined) return Promise.resolve([{ value, windowMs }]);
    const isServed = sampler()?.latest?.balancers.some((one) => subjectOfService(one) === subject) === true;
    // Nobody asks: that is no latency, and not a missing one.
    if (isServed && measure === 'latency') return Promise.resolve([{ value: 0, windowMs }]);
    return Promise.reject(new Failure('metric-missing', `the load balancer says nothing of ${query.name} now`));
  };
}
