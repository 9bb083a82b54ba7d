import { type Clock, Failure } from '@godwit/base';
import type { ValueSample, ValueSource } from '@godwit/controllers';
import { valueOfAnswer, valuesOfAnswer, valuesOfPrometheus } from './answers.ts';
import { fetchText } from './fetch-text.ts';

/** Asks a Prometheus, or any HTTP endpoint: whatever a policy, or an annotation of an autoscaler, names. */
export function endpointValues(clock: Pick<Clock, 'now'>): ValueSource {
  return (query, signal) => {
    if (query.of === 'prometheus') {
      const url = new URL('api/v1/query', query.url.endsWith('/') ? query.url : `${query.url}/`);
      url.searchParams.set('query', query.query);
      return fetchText(url, signal).then((text) => valuesOfPrometheus(text, clock.now()));
    }
    if (query.of === 'http') {
      return fetchText(new URL(query.url), signal).then((text): ValueSample[] => [
        { value: valueOfAnswer(text, query.path) },
      ]);
    }
    if (query.of === 'machines' || query.url === undefined) return undefined;
    return valuesAt(query.url, query.selector, clock, signal);
  };
}

/** What an annotation names: the fragment of the address is where the number is in its answer. */
async function valuesAt(
  text: string,
  selector: string | undefined,
  clock: Pick<Clock, 'now'>,
  signal: AbortSignal,
): Promise<ValueSample[]> {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new Failure('metric-unknown', `${text} is no address that begins with http:// or https://`);
  }
  const path = url.hash === '' ? undefined : decodeURIComponent(url.hash.slice(1));
  const answer = await fetchText(url, signal);
  return valuesOfAnswer(answer, clock.now(), path, selector);
}
