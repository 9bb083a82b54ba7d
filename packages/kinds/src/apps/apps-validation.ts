import { isPercentage } from '../int-or-string.ts';
import type { Cause, ValidationContext } from '../machinery/index.ts';
import type { PodTemplate } from '../pod/pod-template.ts';
import { validatePodTemplate } from '../pod/validation/pod-template.ts';
import { selects } from '../selectors/label-requirement.ts';
import type { LabelSelector } from '../shared/label-selector.ts';
import { Faults } from '../validation/faults.ts';
import { validateLabelSelector } from '../validation/label-selector.ts';
import type { Deployment } from './deployment-body.ts';
import type { ReplicaSet } from './replica-set-body.ts';

interface Replicated {
  readonly replicas?: number;
  readonly minReadySeconds?: number;
  readonly selector: LabelSelector;
  readonly template: PodTemplate;
}

function validateReplicated(spec: Replicated, faults: Faults): void {
  faults.within('spec.replicas', spec.replicas, 0);
  faults.within('spec.minReadySeconds', spec.minReadySeconds, 0);
  validateLabelSelector(spec.selector, 'spec.selector', faults);
  const { matchLabels = {}, matchExpressions = [] } = spec.selector;
  if (Object.keys(matchLabels).length + matchExpressions.length === 0) {
    faults.invalid('spec.selector', spec.selector, 'empty selector is invalid');
  } else if (!selects(spec.selector, spec.template.metadata?.labels)) {
    const labels = spec.template.metadata?.labels ?? {};
    faults.invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`');
  }
  validatePodTemplate(spec.template, 'spec.template', faults);
  if ((spec.template.spec.restartPolicy ?? 'Always') !== 'Always') {
    faults.notSupported('spec.template.spec.restartPolicy', spec.template.spec.restartPolicy, ['Always']);
  }
  if (spec.template.spec.activeDeadlineSeconds !== undefined) {
    faults.forbidden(
      'spec.template.spec.activeDeadlineSeconds',
      'must not be set in a template that keeps pods running',
    );
  }
}

export function validateReplicaSet(item: ReplicaSet, _context: ValidationContext<ReplicaSet>): readonly Cause[] {
  const faults = new Faults();
  validateReplicated(item.spec, faults);
  return faults.causes;
}

function validateShare(value: string | number | undefined, path: string, faults: Faults): void {
  if (value === undefined) return;
  if (typeof value === 'number') faults.within(path, value, 0);
  else if (!isPercentage(value)) faults.invalid(path, value, "must be a whole number or a percentage (such as '25%')");
}

const isNone = (value: string | number | undefined): boolean => value === 0 || value === '0%';

function validateStrategy({ strategy }: Deployment['spec'], faults: Faults): void {
  const path = 'spec.strategy.rollingUpdate';
  if (strategy?.type === 'Recreate' && strategy.rollingUpdate) {
    faults.forbidden(path, "may not be specified when strategy `type` is 'Recreate'");
    return;
  }
  const { maxUnavailable, maxSurge } = strategy?.rollingUpdate ?? {};
  validateShare(maxUnavailable, `${path}.maxUnavailable`, faults);
  validateShare(maxSurge, `${path}.maxSurge`, faults);
  if (typeof maxUnavailable === 'string' && Number.parseInt(maxUnavailable, 10) > 100) {
    faults.invalid(`${path}.maxUnavailable`, maxUnavailable, 'must not be greater than 100%');
  }
  if (isNone(maxUnavailable) && isNone(maxSurge)) {
    faults.invalid(`${path}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0');
  }
}

export function validateDeployment(item: Deployment, _context: ValidationContext<Deployment>): readonly Cause[] {
  const faults = new Faults();
  const { spec } = item;
  validateReplicated(spec, faults);
  validateStrategy(spec, faults);
  faults.within('spec.revisionHistoryLimit', spec.revisionHistoryLimit, 0);
  faults.within('spec.progressDeadlineSeconds', spec.progressDeadlineSeconds, 0);
  const { progressDeadlineSeconds, minReadySeconds = 0 } = spec;
  if (progressDeadlineSeconds !== undefined && progressDeadlineSeconds <= minReadySeconds) {
    faults.invalid('spec.progressDeadlineSeconds', progressDeadlineSeconds, 'must be greater than minReadySeconds');
  }
  return faults.causes;
}
