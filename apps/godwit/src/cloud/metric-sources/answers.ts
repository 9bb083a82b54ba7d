import { Failure } from '@godwit/base';
import type { ValueSample } from '@godwit/controllers';

const nonsense = (what: string) => new Failure('metric-nonsense', what);

/** The values of an instant query, as Prometheus' HTTP API has them: a scalar, or a vector with labels. */
export function valuesOfPrometheus(text: string): ValueSample[] {
  const answer = parsed(text) as { data?: { resultType?: string; result?: unknown } } | null;
  const { resultType, result } = answer?.data ?? {};
  if (resultType === 'scalar') return [sampleOf(result)];
  if (resultType !== 'vector' || !Array.isArray(result))
    throw nonsense('the answer holds no instant vector and no scalar');
  return (result as { metric?: { pod?: string }; value?: unknown }[]).map(({ metric, value }) => ({
    ...(metric?.pod !== undefined && { name: metric.pod }),
    ...sampleOf(value),
  }));
}

/** `[time, "value"]`. */
function sampleOf(pair: unknown): ValueSample {
  return { value: numberOf(Array.isArray(pair) ? (pair as unknown[])[1] : undefined) };
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

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw nonsense('the answer is not JSON');
  }
}

function numberOf(value: unknown): number {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw nonsense('the answer holds no number where one is expected');
}
