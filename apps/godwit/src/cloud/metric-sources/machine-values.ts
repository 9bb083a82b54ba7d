import { type Clock, describeError, Failure } from '@godwit/base';
import type { MachineEndpoint, ValueSample, ValueSource } from '@godwit/controllers';
import { matchesLabels, parseLabelSelector } from '@godwit/kinds';
import { readMetric } from './exposition.ts';
import { fetchText } from './fetch-text.ts';

/** Counts that are older say nothing of now. */
const MEMORY_MS = 300_000;
/** Looks that follow each other more closely share one rate. */
const LEAST_MS = 1_000;

interface Count {
  readonly total: number;
  readonly atMs: number;
  /** What it grew by in a second, when it was looked at before. */
  readonly rate?: number;
}

/**
 * Metrics of machines, which these tell themselves: each is asked when somebody wants to know. Of counters the rate a
 * second between two looks is told, so that the first look says nothing yet; of one that began anew likewise.
 */
export function machineValues(clock: Pick<Clock, 'monotonic'>): ValueSource {
  const counts = new Map<string, Count>();
  const forget = (nowMs: number) => {
    for (const [key, { atMs }] of counts) if (nowMs - atMs > MEMORY_MS) counts.delete(key);
  };
  const rateOf = (key: string, total: number): number | undefined => {
    const nowMs = clock.monotonic();
    const before = counts.get(key);
    if (before && nowMs - before.atMs < LEAST_MS) return before.rate;
    const grew = before && total >= before.total;
    const rate = grew ? (1000 * (total - before.total)) / (nowMs - before.atMs) : undefined;
    counts.set(key, { total, atMs: nowMs, ...(rate !== undefined && { rate }) });
    return rate;
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
    const ask = async ({ name, url }: MachineEndpoint): Promise<readonly ValueSample[]> => {
      const found = readMetric(await fetchText(new URL(url), signal), metric);
      const chosen = found?.samples.filter(({ labels }) => matchesLabels(wanted, labels)) ?? [];
      if (!found || chosen.length === 0) return [];
      const sum = chosen.reduce((total, { value }) => total + value, 0);
      const value = found.isCounter ? rateOf(`${url} ${metric} ${selector}`, sum) : sum;
      return value === undefined ? [] : [{ name, value }];
    };
    return Promise.allSettled(endpoints.map(ask)).then((answers) => {
      const [lost] = answers.filter((answer) => answer.status === 'rejected');
      if (lost && answers.every(({ status }) => status === 'rejected'))
        throw new Failure('metric-unreachable', describeError(lost.reason));
      return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    });
  };
}
