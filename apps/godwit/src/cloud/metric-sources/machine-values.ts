import { type Clock, describeError, Failure } from '@godwit/base';
import type { ValueSource } from '@godwit/controllers';
import {
  believed,
  Growth,
  type MachineEndpoint,
  matchesLabels,
  parseLabelSelector,
  type ValueSample,
} from '@godwit/kinds';
import { readMetric } from './exposition.ts';
import { fetchText } from './fetch-text.ts';

/** Counts that are older say nothing of now. */
const MEMORY_MS = 300_000;
/** Looks that follow each other more closely share one rate; so long after its first look a counter is looked at again. */
const LEAST_MS = 1_000;

interface Counter {
  readonly growth: Growth;
  lookedAtMs: number;
  /** What it grew by in a second, once it was looked at twice. */
  rate?: number | undefined;
  windowMs?: number;
}

/**
 * Metrics of machines, which these tell themselves: each is asked when somebody wants to know. Of counters the rate a
 * second between two looks is told; what is seen for the first time is looked at twice.
 */
export function machineValues(clock: Pick<Clock, 'monotonic' | 'now' | 'sleep'>): ValueSource {
  const counters = new Map<string, Counter>();
  const forget = (nowMs: number) => {
    for (const [key, { lookedAtMs }] of counters) if (nowMs - lookedAtMs > MEMORY_MS) counters.delete(key);
  };
  const look = (key: string, total: number): Counter => {
    const nowMs = clock.monotonic();
    const counter = counters.get(key) ?? { growth: new Growth(), lookedAtMs: Number.NEGATIVE_INFINITY };
    counters.set(key, counter);
    const windowMs = nowMs - counter.lookedAtMs;
    if (windowMs < LEAST_MS) return counter;
    return Object.assign(counter, { rate: counter.growth.next(nowMs, total), lookedAtMs: nowMs, windowMs });
  };
  return (query, signal) => {
    if (query.of !== 'machines') return undefined;
    const { endpoints, metric, selector = '' } = query;
    if (endpoints.length === 0) {
      const how = 'annotate their template with prometheus.io/scrape: "true" and prometheus.io/port';
      return Promise.reject(new Failure('metric-unknown', `none of the machines tells ${metric}: ${how}`));
    }
    forget(clock.monotonic());
    const wanted = parseLabelSelector(selector);
    const ask = async ({ name, url }: MachineEndpoint, again = false): Promise<readonly ValueSample[]> => {
      const found = readMetric(await fetchText(new URL(url), signal), metric, clock.now());
      const values =
        found?.samples.filter(({ labels }) => matchesLabels(wanted, labels)).map(({ value }) => value) ?? [];
      // One that cannot be spoils the sum: what is left would be too little.
      if (!found || values.length === 0 || values.some((value) => believed(value) === undefined)) return [];
      const sum = values.reduce((total, value) => total + value, 0);
      if (!found.isCounter) return [{ name, value: sum }];
      const { rate, windowMs = 0 } = look(`${url} ${metric} ${selector}`, sum);
      if (rate !== undefined) return [{ name, value: rate, windowMs }];
      if (again) return [];
      await clock.sleep(LEAST_MS, signal);
      return ask({ name, url }, true);
    };
    return Promise.allSettled(endpoints.map((endpoint) => ask(endpoint))).then((answers) => {
      const [lost] = answers.filter((answer) => answer.status === 'rejected');
      if (lost && answers.every(({ status }) => status === 'rejected'))
        throw new Failure('metric-unreachable', describeError(lost.reason));
      return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    });
  };
}
