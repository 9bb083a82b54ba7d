import { Failure } from '@godwit/base';
import type { ValueSample } from '@godwit/controllers';
import { believed, isOfNow, matchesLabels, parseLabelSelector } from '@godwit/kinds';

const nonsense = (what: string) => new Failure('metric-nonsense', what);

/**
 * The values of an instant query, as Prometheus' HTTP API has them: a scalar, or a vector with labels, of which
 * `selector` chooses. Each must be of now.
 */
export function valuesOfPrometheus(text: string, nowMs: number, selector = ''): ValueSample[] {
  const answer = parsed(text) as { data?: { resultType?: string; result?: unknown } } | null;
  const { resultType, result } = answer?.data ?? {};
  if (resultType === 'scalar') return [sampleOf(result, nowMs)];
  if (resultType !== 'vector' || !Array.isArray(result))
    throw nonsense('the answer holds no instant vector and no scalar');
  const wanted = parseLabelSelector(selector);
  return (result as { metric?: Record<string, string>; value?: unknown }[])
    .filter(({ metric = {} }) => matchesLabels(wanted, metric))
    .map(({ metric, value }) => ({
      ...(metric?.pod !== undefined && { name: metric.pod }),
      ...(metric && { labels: metric }),
      ...sampleOf(value, nowMs),
    }));
}

/** `[time in seconds, "value"]`. */
function sampleOf(pair: unknown, nowMs: number): ValueSample {
  const [at, value] = Array.isArray(pair) ? (pair as unknown[]) : [];
  const number = numberOf(value);
  if (typeof at === 'number' && isOfNow(at * 1000, nowMs)) return { value: number };
  throw new Failure('metric-stale', `the answer is of another time than now: ${String(at)}`);
}

/** The number that an endpoint answers: alone, or at a dot path of its JSON. */
export function valueOfAnswer(text: string, path: string | undefined): number {
  if (path === undefined) return numberOf(text.trim());
  let value = parsed(text);
  for (const step of path.split('.')) {
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, step)
        ? (value as Record<string, unknown>)[step]
        : undefined;
  }
  return numberOf(value);
}

/** The answer of a Prometheus, or one number. */
export function valuesOfAnswer(
  text: string,
  nowMs: number,
  path: string | undefined,
  selector: string | undefined,
): ValueSample[] {
  const isNumber = path !== undefined || Number.isFinite(Number(text.trim() || 'none'));
  return isNumber ? [{ value: valueOfAnswer(text, path) }] : valuesOfPrometheus(text, nowMs, selector);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw nonsense('the answer is not JSON');
  }
}

function numberOf(value: unknown): number {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  if (typeof number !== 'number' || Number.isNaN(number))
    throw nonsense('the answer holds no number where one is expected');
  if (believed(number) === undefined) throw nonsense(`the answer holds ${number}, which cannot be`);
  return number;
}
