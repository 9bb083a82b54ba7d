import { Failure } from '@godwit/base';
import {
  formatRequirements,
  matchesLabels,
  metricAddress,
  metricAddressHint,
  parseLabelSelector,
  type ValueReader,
  type ValueSample,
} from '@godwit/kinds';
import type { Engine } from '../engine.ts';
import { autoscalers, specsOf } from './autoscalers.ts';

/** Label of a value that says which autoscaler sees it. */
const SEEN_BY = 'horizontalpodautoscaler';

/** What the autoscalers of a namespace see of a metric from outside, each where it says that the metric is told. */
export async function outsideValues(
  engine: Engine,
  read: ValueReader,
  namespace: string,
  metric: string,
  labelSelector: string,
  signal: AbortSignal,
): Promise<readonly ValueSample[]> {
  const requirements = parseLabelSelector(labelSelector);
  const bySeer = requirements.filter(({ key }) => key === SEEN_BY);
  const selector = formatRequirements(requirements.filter(({ key }) => key !== SEEN_BY));
  const seers = (await autoscalers(engine, namespace)).flatMap((scaler) => {
    const url = metricAddress(scaler, metric);
    const names = specsOf(scaler).some(({ external }) => external?.metric.name === metric);
    const labels = { [SEEN_BY]: scaler.metadata.name };
    return names && url !== undefined && matchesLabels(bySeer, labels) ? [{ url, labels }] : [];
  });
  if (seers.length === 0) {
    const why = `no HorizontalPodAutoscaler of the namespace ${namespace} asks for ${metric} and says where it is told`;
    throw new Failure('metric-unknown', `${why}: ${metricAddressHint(metric)}`);
  }
  const answers = await Promise.all(
    seers.map(async ({ url, labels: seer }) => {
      const values = await read({ of: 'outside', namespace, metric, url, ...(selector && { selector }) }, signal);
      return values.map((sample) => ({ ...sample, labels: { ...sample.labels, ...seer } }));
    }),
  );
  return answers.flat();
}
