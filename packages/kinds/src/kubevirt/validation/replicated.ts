import { isPercentage } from '../../int-or-string.ts';
import type { Cause, Draft, KubeObject } from '../../machinery/index.ts';
import { selects } from '../../selectors/label-requirement.ts';
import type { LabelSelector } from '../../shared/label-selector.ts';
import { Faults } from '../../validation/faults.ts';
import { validateLabelSelector } from '../../validation/label-selector.ts';
import { validateTemplateMetadata } from '../../validation/template-metadata.ts';
import { defaultSpec } from '../instance-defaults.ts';
import type { VirtualMachineInstanceSpec } from '../virtual-machine-instance-spec.ts';
import { validateMemoryIsAsked } from './compute.ts';
import { validateInstanceSpec } from './instance-spec.ts';
import { Report } from './report.ts';
import { validateVirtualMachine } from './virtual-machine.ts';

type Labels = Readonly<Record<string, string>> | undefined;

interface InstanceSet extends KubeObject {
  readonly spec: {
    readonly replicas?: number;
    readonly selector: LabelSelector;
    readonly template: { readonly metadata?: { readonly labels?: Labels }; readonly spec?: VirtualMachineInstanceSpec };
  };
}

export function validateInstanceReplicaSet({ metadata, spec }: InstanceSet): readonly Cause[] {
  if (metadata.deletionTimestamp) return [];
  const faults = new Faults();
  validateNumber(spec.replicas, spec.selector, spec.template.metadata?.labels, 'spec.template', faults);
  validateTemplateMetadata('VirtualMachineInstance', spec.template.metadata, 'spec.template.metadata', faults);
  const report = new Report();
  if (spec.template.spec) {
    const complete = structuredClone(spec.template.spec) as Draft<VirtualMachineInstanceSpec>;
    defaultSpec(complete);
    validateMemoryIsAsked(complete, 'spec.template.spec', report);
    validateInstanceSpec(complete, 'spec.template.spec', report);
  } else report.required('spec.template.spec', 'must be set');
  return [...faults.causes, ...report.causes];
}

type MachineTemplate = Omit<Parameters<typeof validateVirtualMachine>[0], keyof KubeObject> & {
  readonly metadata?: { readonly labels?: Labels };
};

interface Pool extends KubeObject {
  readonly spec: {
    readonly replicas?: number;
    readonly selector: LabelSelector;
    readonly virtualMachineTemplate: MachineTemplate;
    readonly maxUnavailable?: string | number;
    readonly scaleInStrategy?: Readonly<Record<string, unknown>> & {
      readonly proactive?: ScaleIn;
      readonly opportunistic?: ScaleIn;
    };
    readonly updateStrategy?: Readonly<Record<string, unknown>>;
    readonly autohealing?: { readonly startUpFailureThreshold?: number };
  };
}

interface ScaleIn {
  readonly statePreservation?: string;
  readonly selectionPolicy?: { readonly selectors?: readonly { readonly nodeSelectorRequirementMatcher?: unknown }[] };
}

export function validatePool({ metadata, spec }: Pool): readonly Cause[] {
  if (metadata.deletionTimestamp) return [];
  const faults = new Faults();
  const template = spec.virtualMachineTemplate;
  validateNumber(spec.replicas, spec.selector, template.metadata?.labels, 'spec.virtualMachineTemplate', faults);
  validateTemplateMetadata('VirtualMachine', template.metadata, 'spec.virtualMachineTemplate.metadata', faults);
  const { maxUnavailable } = spec;
  if (typeof maxUnavailable === 'number') faults.within('spec.maxUnavailable', maxUnavailable, 1);
  else if (maxUnavailable !== undefined && (!isPercentage(maxUnavailable) || Number.parseInt(maxUnavailable, 10) < 1)) {
    faults.invalid('spec.maxUnavailable', maxUnavailable, "must be at least 1, or a percentage such as '25%'");
  }
  faults.within('spec.autohealing.startUpFailureThreshold', spec.autohealing?.startUpFailureThreshold, 1);
  validateStrategies(spec, faults);
  const machine = { apiVersion: '', kind: '', metadata: {}, spec: template.spec };
  const causes = validateVirtualMachine(machine).map((cause) => ({
    ...cause,
    ...(cause.field !== undefined && { field: `spec.virtualMachineTemplate.${cause.field}` }),
  }));
  return [...faults.causes, ...causes];
}

function validateStrategies({ scaleInStrategy = {}, updateStrategy = {} }: Pool['spec'], faults: Faults): void {
  for (const [path, strategy] of Object.entries({ scaleInStrategy, updateStrategy })) {
    const chosen = Object.keys(strategy).filter((name) => strategy[name as never] !== undefined);
    if (chosen.length > 1) faults.invalid(`spec.${path}`, chosen, 'only one strategy may be chosen');
  }
  const { proactive, opportunistic } = scaleInStrategy;
  for (const [name, strategy] of Object.entries({ proactive, opportunistic })) {
    const path = `spec.scaleInStrategy.${name}`;
    const { statePreservation, selectionPolicy } = strategy ?? {};
    if (statePreservation !== undefined && statePreservation !== 'Disabled') {
      faults.notSupported(`${path}.statePreservation`, statePreservation, ['Disabled']);
    }
    for (const { nodeSelectorRequirementMatcher } of selectionPolicy?.selectors ?? []) {
      if (nodeSelectorRequirementMatcher === undefined) continue;
      faults.forbidden(`${path}.selectionPolicy.selectors`, 'selection by labels of hosts is not offered');
    }
  }
}

function validateNumber(
  replicas: number | undefined,
  selector: LabelSelector,
  labels: Labels,
  templatePath: string,
  faults: Faults,
): void {
  faults.within('spec.replicas', replicas, 0);
  validateLabelSelector(selector, 'spec.selector', faults);
  const { matchLabels = {}, matchExpressions = [] } = selector;
  if (Object.keys(matchLabels).length + matchExpressions.length === 0) {
    faults.invalid('spec.selector', selector, 'empty selector is invalid');
  } else if (!selects(selector, labels)) {
    const path = `${templatePath}.metadata.labels`;
    faults.invalid(path, labels ?? {}, '`selector` does not match template `labels`');
  }
}
