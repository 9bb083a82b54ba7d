import { validateBehavior } from '../autoscaling/horizontal-validation.ts';
import type { Cause } from '../machinery/index.ts';
import { at, eachItem, Faults } from '../validation/index.ts';
import { type ElasticMetricSpec, resourceOfMetric, validateElasticMetric } from './elastic-metric.ts';
import type { ElasticPolicySpec } from './elastic-policy.ts';
import { type ElasticScheduleSpec, validateElasticSchedule } from './elastic-schedule.ts';
import { growthOf, validateSizes } from './elastic-sizes.ts';
import { validateElasticTarget } from './elastic-targets.ts';

export function validateElasticPolicy(spec: ElasticPolicySpec): readonly Cause[] {
  const faults = new Faults();
  const { out, metrics, schedules, behavior } = spec;
  validateShape(spec, faults);
  const least = out?.minReplicas ?? 1;
  if (out && out.maxReplicas < least)
    faults.invalid('spec.out.maxReplicas', out.maxReplicas, 'must be greater than or equal to `minReplicas`');
  faults.distinct(
    metrics,
    ({ name }) => name,
    (index) => `spec.metrics[${index}].name`,
  );
  eachItem(metrics, 'spec.metrics', (metric, path) => {
    validateElasticMetric(metric, path, faults);
    validateAnswer(metric, spec, path, faults);
  });
  // A machine that is not there uses nothing: what sleeps would never wake.
  const wakes = metrics.some(({ type }) => type !== 'cpu' && type !== 'memory');
  const never = 'what sleeps is not woken by its own use: add requests, queue, prometheus or http';
  if (least === 0 && !wakes) faults.forbidden('spec.out.minReplicas', never);
  eachItem(schedules, 'spec.schedules', (schedule, path) => {
    validateElasticSchedule(schedule, path, faults);
    if (!out) return faults.forbidden(path, 'schedules bound the number of machines, which `out` does not let change');
    validateBesideOut(schedule, { least, most: out.maxReplicas }, path, faults);
    if (schedule.minReplicas === 0 && schedule.maxReplicas !== 0 && !wakes)
      faults.forbidden(at(path, 'minReplicas'), `${never}; or let it sleep throughout, with maxReplicas: 0`);
  });
  validateLost(spec, least, faults);
  validateBehavior(behavior, faults);
  for (const side of ['scaleUp', 'scaleDown'] as const) {
    if (behavior?.[side]?.tolerance !== undefined)
      faults.forbidden(`spec.behavior.${side}.tolerance`, 'is said of each metric: in its target');
  }
  return faults.causes;
}

/** Whether what may change can change, of what is scaled. */
function validateShape(spec: ElasticPolicySpec, faults: Faults): void {
  const { targetRef, out, up, prefer } = spec;
  const target = validateElasticTarget(targetRef, 'spec.targetRef', faults);
  if (!out && !up?.cpu && !up?.memory)
    faults.required('spec.out', 'there must be something to change: out, up or both');
  else if (!out && growthOf(spec, 'cpu') === 1 && growthOf(spec, 'memory') === 1)
    faults.invalid('spec.up', up, 'nothing can change: `maximum` must be above `minimum`');
  if (out && target && !target.out)
    faults.forbidden('spec.out', `a ${targetRef.kind} is one machine; it can be scaled up`);
  if (up && target && !target.up)
    faults.forbidden('spec.up', 'of instances without VirtualMachines only the number can change');
  for (const resource of ['cpu', 'memory'] as const) {
    if (up?.[resource]) validateSizes(resource, up[resource], target?.up === 'whole', `spec.up.${resource}`, faults);
  }
  if (prefer && !spec[prefer]) faults.forbidden('spec.prefer', `\`${prefer}\` is not said, so it cannot come first`);
}

/** Whether anything that may change answers a metric, and as far as it asks. */
function validateAnswer(metric: ElasticMetricSpec, spec: ElasticPolicySpec, path: string, faults: Faults): void {
  const { out, up, schedules = [] } = spec;
  const resource = resourceOfMetric(metric);
  if (!out && up && !up[resource])
    faults.forbidden(
      path,
      `nothing answers it: it asks for ${resource}, and neither \`out\` nor \`up.${resource}\` is said`,
    );
  if (!out || !metric.linear) return;
  const machines = Math.max(out.maxReplicas, ...schedules.map(({ maxReplicas = 0 }) => maxReplicas));
  const most = Math.floor(machines * growthOf(spec, resource) + 1e-9);
  for (const field of ['base', 'top'] as const) {
    const units = metric.linear[field] ?? 0;
    if (units > most) faults.invalid(at(path, 'linear', field), units, `there are never more than ${most} units`);
  }
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
