import { type Clock, Failure } from '@godwit/base';
import type { ValueSource } from '@godwit/controllers';
import { type Sampler, subjectOfService } from '@godwit/host';

/** The mean of so long counts as now: short enough to see a step of the load, long enough not to see its noise. */
const WINDOW_MS = 3_000;
/** Samples are of whole seconds: the one in which the window begins is only half in it. */
const SAMPLE_MS = 1_000;

const MEASURES = ['requests', 'errors', 'queue', 'connections', 'latency'] as const;

/** Metrics of Services: requests and errors a second, waiting requests, connections, seconds of latency. */
export function balancerValues(
  sampler: () => Pick<Sampler, 'history' | 'latest'> | undefined,
  clock: Pick<Clock, 'monotonic'>,
): ValueSource {
  return (query) => {
    if (query.of !== 'object' || query.kind !== 'Service') return undefined;
    const measure = MEASURES.find((one) => one === query.metric);
    // Somebody said where it is told.
    if (!measure && query.url !== undefined) return undefined;
    if (!measure) {
      const known = MEASURES.join(', ');
      return Promise.reject(new Failure('metric-unknown', `a Service has no metric ${query.metric}; it has ${known}`));
    }
    const subject = subjectOfService(query);
    const value = sampler()
      ?.history.series(subject, measure)
      ?.mean(clock.monotonic() - WINDOW_MS + SAMPLE_MS);
    if (value !== undefined) return Promise.resolve([{ value }]);
    const isServed = sampler()?.latest?.balancers.some((one) => subjectOfService(one) === subject) === true;
    // Nobody asks: that is no latency, and not a missing one.
    if (isServed && measure === 'latency') return Promise.resolve([{ value: 0 }]);
    return Promise.reject(new Failure('metric-missing', `the load balancer says nothing of ${query.name} now`));
  };
}
