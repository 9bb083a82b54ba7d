import { validateBehavior } from '../autoscaling/horizontal-validation.ts';
import type { Cause } from '../machinery/index.ts';
import { parseQuantity } from '../quantity.ts';
import { at, eachItem, Faults, pathSegmentFault } from '../validation/index.ts';
import { validateElasticMetric } from './elastic-metric.ts';
import type { ElasticPolicySpec } from './elastic-policy.ts';
import { type ElasticScheduleSpec, validateElasticSchedule } from './elastic-schedule.ts';

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
    if (out) validateBesideOut(schedule, { least, most: out.maxReplicas }, path, faults);
    else faults.forbidden(path, 'schedules bound the number of machines, which `out` does not let change');
  });
  validateLost(spec, least, faults);
  validateBehavior(spec.behavior, faults);
  return faults.causes;
}

/** What a schedule leaves unsaid is as always: neither of them may be passed over without a word. */
function validateBesideOut(
  { minReplicas, maxReplicas }: ElasticScheduleSpec,
  { least, most }: { readonly least: number; readonly most: number },
  path: string,
  faults: Faults,
): void {
  if (maxReplicas === undefined && minReplicas !== undefined && minReplicas > most) {
    const why = `must not be above \`spec.out.maxReplicas\` (${most}) unless the schedule sets maxReplicas, too`;
    faults.invalid(at(path, 'minReplicas'), minReplicas, why);
  }
  if (minReplicas === undefined && maxReplicas !== undefined && maxReplicas < least) {
    const why = `must not be below \`spec.out.minReplicas\` (${least}) unless the schedule sets minReplicas, too`;
    faults.invalid(at(path, 'maxReplicas'), maxReplicas, why);
  }
}

function validateLost({ lost, out }: ElasticPolicySpec, least: number, faults: Faults): void {
  if (!lost) return;
  if (!out) faults.forbidden('spec.lost', 'it says a number of machines, which `out` does not let change');
  else faults.within('spec.lost.replicas', lost.replicas, least, out.maxReplicas);
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
