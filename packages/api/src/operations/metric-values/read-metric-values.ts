import { Failure } from '@godwit/base';
import { type Address, StatusFailure } from '@godwit/kinds';
import type { Engine } from '../engine.ts';
import type { Caller } from '../operations.ts';
import {
  customGroup,
  customVersions,
  externalGroup,
  externalMetricValueList,
  externalVersion,
  type MetricSelectors,
  metricValueList,
} from './metric-groups.ts';
import { objectValues } from './object-values.ts';
import { outsideValues } from './outside-values.ts';

/**
 * What a metric is now. In `custom.metrics.k8s.io` the address is that of an object, or `*`, with the metric as its
 * subresource; in `external.metrics.k8s.io` the metric stands where a resource does.
 */
export async function readMetricValues(
  engine: Engine,
  caller: Caller,
  address: Address,
  selectors: MetricSelectors,
  signal: AbortSignal,
): Promise<object> {
  const { values: read } = engine.options;
  const { group, version, plural, namespace, name, subresource: metric } = address;
  const versions: readonly string[] = group === customGroup ? customVersions : [externalVersion];
  if (!read || !versions.includes(version)) throw notServed();
  engine.authorizeAddress(caller, name === undefined ? 'list' : 'get', address);
  const now = engine.now();
  try {
    if (group === externalGroup) {
      if (namespace === undefined || name !== undefined) throw notServed();
      const { labelSelector = '' } = selectors;
      const values = await outsideValues(engine, read, namespace, plural, labelSelector, signal);
      return externalMetricValueList({ metric: plural, now }, values);
    }
    if (metric === undefined) throw notServed();
    const values = await objectValues(engine, read, address, selectors, signal);
    if (values.length === 0) throw noMetric(address, 'nobody tells it now');
    return metricValueList(version, { metric, selector: selectors.metricLabelSelector, now }, values);
  } catch (error) {
    throw error instanceof Failure && !(error instanceof StatusFailure) ? refusalOf(error, address) : error;
  }
}

/** There is no such metric, or it cannot be read now. */
function refusalOf(failure: Failure, address: Address): StatusFailure {
  if (failure.code === 'metric-unknown' || failure.code === 'metric-missing') return noMetric(address, failure.message);
  const told = `the metric ${metricOf(address)} cannot be read now: ${failure.message}`;
  return new StatusFailure('ServiceUnavailable', told, undefined, failure);
}

/** In the words that autoscalers of Kubernetes show, and with the reason. */
function noMetric(address: Address, why: string): StatusFailure {
  const { group, plural, name } = address;
  const of = group === externalGroup || name === undefined ? '' : ` for ${plural}${name === '*' ? '' : ` ${name}`}`;
  return new StatusFailure('NotFound', `the server could not find the metric ${metricOf(address)}${of}: ${why}`);
}

const metricOf = ({ group, plural, subresource = '' }: Address) => (group === externalGroup ? plural : subresource);

function notServed(): StatusFailure {
  return new StatusFailure('NotFound', 'the server could not find the requested resource');
}
