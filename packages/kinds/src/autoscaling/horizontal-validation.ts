import type { Cause } from '../machinery/index.ts';
import { parseQuantity } from '../quantity.ts';
import { at, eachItem, Faults, pathSegmentFault, validateLabelSelector } from '../validation/index.ts';
import type { HorizontalBehavior, ScalingRules } from './behavior.ts';
import type { HorizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts';
import type { MetricSpec, MetricTarget } from './metric-spec.ts';

const LONGEST_WINDOW_SECONDS = 3600;
const LONGEST_PERIOD_SECONDS = 1800;

/** Which kinds of target each type of metric may have, and the field that says what it is. */
const SOURCES = {
  Resource: { field: 'resource', targets: ['Utilization', 'AverageValue'] },
  ContainerResource: { field: 'containerResource', targets: ['Utilization', 'AverageValue'] },
  Pods: { field: 'pods', targets: ['AverageValue'] },
  Object: { field: 'object', targets: ['Value', 'AverageValue'] },
  External: { field: 'external', targets: ['Value', 'AverageValue'] },
} as const satisfies Record<MetricSpec['type'], object>;

export function validateHorizontal(spec: HorizontalPodAutoscaler['spec']): readonly Cause[] {
  const faults = new Faults();
  const { minReplicas = 1, maxReplicas, scaleTargetRef, metrics = [] } = spec;
  validateReference(scaleTargetRef, 'spec.scaleTargetRef', faults);
  faults.within('spec.minReplicas', minReplicas, 0);
  faults.within('spec.maxReplicas', maxReplicas, 1);
  if (maxReplicas < minReplicas)
    faults.invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`');
  eachItem(metrics, 'spec.metrics', (metric, path) => validateMetric(metric, path, faults));
  const reachesZero = metrics.some(({ type }) => type === 'Object' || type === 'External');
  if (minReplicas === 0 && !reachesZero) {
    faults.forbidden('spec.metrics', 'must specify at least one Object or External metric to support scaling to zero');
  }
  validateBehavior(spec.behavior, faults);
  return faults.causes;
}

function validateReference(
  reference: HorizontalPodAutoscaler['spec']['scaleTargetRef'],
  path: string,
  faults: Faults,
): void {
  for (const field of ['kind', 'name'] as const) {
    if (reference[field] === '') faults.required(at(path, field));
    else faults.check(at(path, field), reference[field], pathSegmentFault);
  }
}

function validateMetric(metric: MetricSpec, path: string, faults: Faults): void {
  const { field, targets } = SOURCES[metric.type];
  for (const other of Object.values(SOURCES)) {
    if (other.field !== field && metric[other.field] !== undefined) {
      faults.forbidden(at(path, other.field), 'must not be set beside the metric of another type');
    }
  }
  const source = metric[field];
  if (!source) return faults.required(at(path, field), `must be set for metrics of type ${metric.type}`);
  if ('metric' in source) {
    const name = at(path, field, 'metric.name');
    if (source.metric.name === '') faults.required(name);
    else faults.check(name, source.metric.name, pathSegmentFault);
  } else if (source.name === '') faults.required(at(path, field, 'name'));
  if ('metric' in source) validateLabelSelector(source.metric.selector, at(path, field, 'metric.selector'), faults);
  if ('describedObject' in source)
    validateReference(source.describedObject, at(path, field, 'describedObject'), faults);
  if ('container' in source && source.container === '') faults.required(at(path, field, 'container'));
  validateTarget(source.target, targets, at(path, field, 'target'), faults);
}

const TARGET_FIELDS = { Utilization: 'averageUtilization', AverageValue: 'averageValue', Value: 'value' } as const;

function validateTarget(target: MetricTarget, allowed: readonly string[], path: string, faults: Faults): void {
  if (!allowed.includes(target.type)) return faults.notSupported(at(path, 'type'), target.type, allowed);
  for (const [type, field] of Object.entries(TARGET_FIELDS)) {
    const value = target[field];
    if (type !== target.type) {
      if (value !== undefined) faults.forbidden(at(path, field), `must not be set for a target of type ${target.type}`);
      continue;
    }
    if (value === undefined) faults.required(at(path, field), `must be set for a target of type ${type}`);
    else if (!((parseQuantity(value) ?? 0) > 0)) faults.invalid(at(path, field), value, 'must be greater than 0');
  }
}

/** The rules of both sides, of any kind that scales. */
export function validateBehavior(
  behavior: HorizontalBehavior | undefined,
  faults: Faults,
  path = 'spec.behavior',
): void {
  for (const side of ['scaleUp', 'scaleDown'] as const) {
    const rules = behavior?.[side];
    if (rules) validateRules(rules, at(path, side), faults);
  }
}

function validateRules(rules: ScalingRules, path: string, faults: Faults): void {
  const { stabilizationWindowSeconds, policies, tolerance } = rules;
  faults.within(at(path, 'stabilizationWindowSeconds'), stabilizationWindowSeconds, 0, LONGEST_WINDOW_SECONDS);
  if (policies?.length === 0) faults.required(at(path, 'policies'), 'must specify at least one Policy');
  eachItem(policies, at(path, 'policies'), ({ value, periodSeconds }, item) => {
    faults.within(at(item, 'value'), value, 1);
    faults.within(at(item, 'periodSeconds'), periodSeconds, 1, LONGEST_PERIOD_SECONDS);
  });
  const share = parseQuantity(tolerance);
  if (tolerance !== undefined && !(share !== undefined && share >= 0)) {
    faults.invalid(at(path, 'tolerance'), tolerance, 'must be greater than or equal to 0');
  }
}
