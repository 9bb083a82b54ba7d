import {
  decimalQuantity,
  type KubeObject,
  type LabelSelector,
  parseLabelSelector,
  type ValueSample,
} from '@godwit/kinds';

/** Metrics of objects. The second version only calls things otherwise. */
export const customGroup = 'custom.metrics.k8s.io';
export const customVersions = ['v1beta2', 'v1beta1'] as const;
/** Metrics of what is outside. */
export const externalGroup = 'external.metrics.k8s.io';
export const externalVersion = 'v1beta1';

export function isMetricGroup(group: string): boolean {
  return group === customGroup || group === externalGroup;
}

/** Which objects, and which of a metric's series, in their text forms. */
export interface MetricSelectors {
  readonly labelSelector?: string | undefined;
  readonly metricLabelSelector?: string | undefined;
}

/** A metric of one object, at a moment. */
export interface ObjectValue extends Pick<ValueSample, 'value' | 'windowMs'> {
  readonly object: KubeObject;
}

interface MetricQuestion {
  readonly metric: string;
  readonly selector: string | undefined;
  /** RFC 3339. */
  readonly now: string;
}

/** `MetricValueList`, in the words of its version. */
export function metricValueList(version: string, question: MetricQuestion, values: readonly ObjectValue[]): object {
  const { metric, now } = question;
  const selector = question.selector ? selectorOf(question.selector) : null;
  const items = values.map(({ object, value, windowMs }) => {
    const { apiVersion, kind, metadata } = object;
    const { name, namespace } = metadata;
    const describedObject = { kind, ...(namespace !== undefined && { namespace }), name, apiVersion };
    const amount = decimalQuantity(value);
    const windowSeconds = windowMs === undefined ? undefined : Math.round(windowMs / 1000);
    if (version === 'v1beta2') {
      const window = windowSeconds !== undefined && { windowSeconds };
      return { describedObject, metric: { name: metric, selector }, timestamp: now, ...window, value: amount };
    }
    const window = windowSeconds !== undefined && { window: windowSeconds };
    return { describedObject, metricName: metric, timestamp: now, ...window, value: amount, selector };
  });
  return { kind: 'MetricValueList', apiVersion: `${customGroup}/${version}`, metadata: {}, items };
}

/** `ExternalMetricValueList`. */
export function externalMetricValueList(
  { metric, now }: Omit<MetricQuestion, 'selector'>,
  values: readonly ValueSample[],
): object {
  const items = values.map(({ value, labels = {}, windowMs }) => ({
    metricName: metric,
    metricLabels: labels,
    timestamp: now,
    ...(windowMs !== undefined && { window: Math.round(windowMs / 1000) }),
    value: decimalQuantity(value),
  }));
  const apiVersion = `${externalGroup}/${externalVersion}`;
  return { kind: 'ExternalMetricValueList', apiVersion, metadata: {}, items };
}

/** A selector's text as the object that it stands for. */
function selectorOf(text: string): LabelSelector {
  const requirements = parseLabelSelector(text);
  const isEqual = ({ operator, values }: (typeof requirements)[number]) => operator === 'In' && values.length === 1;
  const matchLabels = Object.fromEntries(requirements.filter(isEqual).map(({ key, values }) => [key, values[0] ?? '']));
  const matchExpressions = requirements
    .filter((requirement) => !isEqual(requirement))
    .map(({ key, operator, values }) => ({ key, operator, ...(values.length > 0 && { values }) }));
  return {
    ...(Object.keys(matchLabels).length > 0 && { matchLabels }),
    ...(matchExpressions.length > 0 && { matchExpressions }),
  } as LabelSelector;
}
