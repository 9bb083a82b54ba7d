import { validateBehavior } from '../autoscaling/horizontal-validation.ts';
import type { Cause } from '../machinery/index.ts';
import { parseQuantity } from '../quantity.ts';
import { at, eachItem, Faults, pathSegmentFault } from '../validation/index.ts';
import { validateElasticMetric } from './elastic-metric.ts';
import type { ElasticPolicySpec } from './elastic-policy.ts';
import { validateElasticSchedule } from './elastic-schedule.ts';

/** Targets that are one machine: they grow, and their number stays. */
const SINGLE_MACHINES = ['VirtualMachine', 'Pod'];

export function validateElasticPolicy(spec: ElasticPolicySpec): readonly Cause[] {
  const faults = new Faults();
  const { targetRef, out, up, metrics, schedules } = spec;
  for (const field of ['kind', 'name'] as const) {
    const path = `spec.targetRef.${field}`;
    if (targetRef[field] === '') faults.required(path);
    else faults.check(path, targetRef[field], pathSegmentFault);
  }
  if (!out && !up?.cpu && !up?.memory)
    faults.required('spec.out', 'there must be something to change: out, up or both');
  if (out && SINGLE_MACHINES.includes(targetRef.kind)) {
    faults.forbidden('spec.out', `a ${targetRef.kind} is one machine; it can be scaled up`);
  }
  const least = out?.minReplicas ?? 1;
  if (out && out.maxReplicas < least)
    faults.invalid('spec.out.maxReplicas', out.maxReplicas, 'must be greater than or equal to `minReplicas`');
  for (const resource of ['cpu', 'memory'] as const) {
    if (up?.[resource]) validateSizes(up[resource], `spec.up.${resource}`, faults);
  }
  faults.distinct(
    metrics,
    ({ name }) => name,
    (index) => `spec.metrics[${index}].name`,
  );
  eachItem(metrics, 'spec.metrics', (metric, path) => {
    validateElasticMetric(metric, path, faults);
  });
  // A machine that is not there uses nothing: what sleeps would never wake.
  if (least === 0 && metrics.every(({ type }) => type === 'cpu' || type === 'memory')) {
    faults.forbidden(
      'spec.out.minReplicas',
      'what sleeps is not woken by its own use: add requests, queue, prometheus or http',
    );
  }
  eachItem(schedules, 'spec.schedules', (schedule, path) => {
    validateElasticSchedule(schedule, path, faults);
    if (!out) faults.forbidden(path, 'schedules bound the number of machines, which `out` does not let change');
  });
  validateBehavior(spec.behavior, faults);
  return faults.causes;
}

function validateSizes(
  { minimum, maximum, step }: NonNullable<NonNullable<ElasticPolicySpec['up']>['cpu']>,
  path: string,
  faults: Faults,
): void {
  const [least, most] = [parseQuantity(minimum) ?? Number.NaN, parseQuantity(maximum) ?? Number.NaN];
  if (!(least > 0)) faults.invalid(at(path, 'minimum'), minimum, 'must be greater than 0');
  if (!(most >= least)) faults.invalid(at(path, 'maximum'), maximum, 'must be greater than or equal to `minimum`');
  if (step !== undefined && !((parseQuantity(step) ?? 0) > 0))
    faults.invalid(at(path, 'step'), step, 'must be greater than 0');
}
