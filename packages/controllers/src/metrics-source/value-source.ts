import { Failure } from '@godwit/base';
import { metricAddressHint, type ValueQuery, type ValueReader, type ValueSample } from '@godwit/kinds';

/** Where numbers that are not in the API come from; undefined where it does not know the query. */
export type ValueSource = (query: ValueQuery, signal: AbortSignal) => Promise<readonly ValueSample[]> | undefined;

/** Reads from the first source that knows the query. */
export function valueReader(sources: readonly ValueSource[]): ValueReader {
  return (query, signal) => {
    for (const source of sources) {
      const values = source(query, signal);
      if (values) return values;
    }
    const where = 'metric' in query ? `: ${metricAddressHint(query.metric)}` : '';
    return Promise.reject(new Failure('metric-unknown', `nothing here measures metrics of type ${query.of}${where}`));
  };
}
