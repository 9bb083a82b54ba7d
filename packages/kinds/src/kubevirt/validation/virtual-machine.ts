import type { Cause, Draft, KubeObject } from '../../machinery/index.ts';
import { Faults } from '../../validation/faults.ts';
import { validateTemplateMetadata } from '../../validation/template-metadata.ts';
import type { DataVolumeSpec } from '../data-volume-spec.ts';
import { defaultSpec } from '../instance-defaults.ts';
import { matcherCauses, matcherChangeCauses, type TypeMatcher, typeRoles } from '../instancetype/matcher.ts';
import type { VirtualMachineInstanceSpec } from '../virtual-machine-instance-spec.ts';
import { runStrategies } from '../virtual-machine-status.ts';
import { validateMemoryIsAsked } from './compute.ts';
import { validateDataVolumeSpec } from './data-volume.ts';
import { validateInstanceSpec } from './instance-spec.ts';
import { Report } from './report.ts';

/** What the rules read of a VirtualMachine. */
interface Machine extends KubeObject {
  readonly spec: {
    readonly running?: boolean;
    readonly runStrategy?: string;
    readonly instancetype?: TypeMatcher;
    readonly preference?: TypeMatcher;
    readonly template: {
      readonly metadata?: Parameters<typeof validateTemplateMetadata>[1];
      readonly spec?: VirtualMachineInstanceSpec;
    };
    readonly dataVolumeTemplates?: readonly {
      readonly metadata?: { readonly name?: string; readonly namespace?: string };
      readonly spec: DataVolumeSpec;
    }[];
  };
}

export function validateVirtualMachine(machine: Machine, { old }: { readonly old?: Machine } = {}): readonly Cause[] {
  const report = new Report();
  // What is on its way out must not be kept by rules that came later.
  if (machine.metadata.deletionTimestamp) return [];
  validateRunStrategy(machine, report);
  validateTemplates(machine, report);
  for (const role of typeRoles) {
    const matcher = machine.spec[role];
    if (matcher) report.causes.push(...matcherCauses(role, matcher));
    report.causes.push(...matcherChangeCauses(role, old?.spec[role], matcher));
  }
  const faults = new Faults();
  validateTemplateMetadata('VirtualMachineInstance', machine.spec.template.metadata, 'spec.template.metadata', faults);
  report.causes.push(...faults.causes);
  const spec = machine.spec.template.spec;
  if (!spec) {
    report.required('spec.template.spec', 'must be set');
    return report.causes;
  }
  const complete = structuredClone(spec) as Draft<VirtualMachineInstanceSpec>;
  defaultSpec(complete);
  if (!machine.spec.instancetype) validateMemoryIsAsked(complete, 'spec.template.spec', report);
  validateInstanceSpec(complete, 'spec.template.spec', report);
  return report.causes;
}

function validateRunStrategy({ spec }: Machine, report: Report): void {
  if (spec.running !== undefined && spec.runStrategy !== undefined) {
    report.invalid('spec.running', 'running and runStrategy exclude each other; runStrategy is the one to use');
  }
  if (spec.running === undefined && spec.runStrategy === undefined) {
    report.required('spec.runStrategy', `must be one of ${runStrategies.join(', ')}`);
  }
  if (spec.runStrategy === 'WaitAsReceiver') {
    report.invalid('spec.runStrategy', 'WaitAsReceiver needs migration between clouds, which is not offered');
  }
}

function validateTemplates(machine: Machine, report: Report): void {
  const templates = machine.spec.dataVolumeTemplates ?? [];
  const volumes = machine.spec.template.spec?.volumes ?? [];
  report.unique(
    templates.map(({ metadata }) => ({ ...(metadata?.name && { name: metadata.name }) })),
    'spec.dataVolumeTemplates',
    'metadata.name',
  );
  for (const [index, template] of templates.entries()) {
    const field = `spec.dataVolumeTemplates[${index}]`;
    const { name, namespace } = template.metadata ?? {};
    if (!name) report.required(`${field}.metadata.name`, 'must be set');
    if (namespace && machine.metadata.namespace && namespace !== machine.metadata.namespace) {
      report.invalid(`${field}.metadata.namespace`, 'must be the namespace of the machine, or left out');
    }
    const used = volumes.some(
      (volume) => volume.dataVolume?.name === name || volume.persistentVolumeClaim?.claimName === name,
    );
    if (name && !used) report.required(field, `no volume of the template uses "${name}"`);
    validateDataVolumeSpec(template.spec, `${field}.spec`, report);
  }
}
