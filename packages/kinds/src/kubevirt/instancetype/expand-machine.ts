import type { Cause, Draft } from '../../machinery/index.ts';
import { addUnlistedDevices, defaultSpec } from '../instance-defaults.ts';
import { validateInstanceSpec } from '../validation/instance-spec.ts';
import { Report } from '../validation/report.ts';
import type { VirtualMachine } from '../virtual-machine.ts';
import type { VirtualMachineInstanceSpec } from '../virtual-machine-instance-spec.ts';
import { applyInstancetype, conflictingAnnotations, conflictsWith } from './apply-instancetype.ts';
import { applyPreference } from './apply-preference.ts';
import { applyAutoattach } from './apply-preferred-devices.ts';
import { spreadCauses } from './cpu-topology.ts';
import type { InstancetypeSpec } from './instancetype-spec.ts';
import { matchedKind, typeRoles } from './matcher.ts';
import type { PreferenceSpec } from './preference-spec.ts';
import { requirementCauses } from './requirement-causes.ts';

/** What a machine names, as far as it was found. */
export interface NamedTypes {
  readonly instancetype?: InstancetypeSpec;
  readonly preference?: PreferenceSpec;
}

/** The machine as if its user had written everything himself, or why that makes no machine. */
export type Expansion =
  | { readonly type: 'expanded'; readonly machine: VirtualMachine }
  | { readonly type: 'refused'; readonly causes: readonly Cause[] };

/**
 * Writes instancetype and preference into the template of a machine. What the template says holds against the
 * preference, and must not speak of what the instancetype decides.
 */
export function expandMachine(machine: VirtualMachine, types: NamedTypes): Expansion {
  const template = machine.spec.template;
  const found = structuredClone(types) as Draft<NamedTypes>;
  const { instancetype, preference } = found;
  const spec = structuredClone(template.spec ?? { domain: { devices: {} } }) as Draft<VirtualMachineInstanceSpec>;
  const causes = instancetype ? conflictCauses(machine, instancetype, preference) : [];
  if (causes.length > 0) return { type: 'refused', causes };
  if (preference?.devices) applyAutoattach(spec.domain.devices, preference.devices);
  addUnlistedDevices(spec);
  if (instancetype) applyInstancetype(spec, instancetype, preference);
  if (preference) applyPreference(spec, preference);
  const annotations = {
    ...preference?.annotations,
    ...template.metadata?.annotations,
    ...instancetype?.annotations,
    ...nameAnnotations(machine),
  };
  const metadata = { ...template.metadata, ...(Object.keys(annotations).length > 0 && { annotations }) };
  const expanded = {
    ...machine,
    spec: {
      ...machine.spec,
      template: { ...template, metadata, spec },
      ...(machine.spec.dataVolumeTemplates && {
        dataVolumeTemplates: withStorageClass(machine.spec.dataVolumeTemplates, preference),
      }),
    },
  };
  const faults = faultsOf(expanded, types);
  return faults.length > 0 ? { type: 'refused', causes: faults } : { type: 'expanded', machine: expanded };
}

/** The expanded machine as people see it: complete, and naming nothing any more. */
export function completeMachine({ spec, status, ...rest }: VirtualMachine): VirtualMachine {
  const { instancetype: _i, preference: _p, ...own } = spec;
  const template = structuredClone(own.template) as Draft<typeof own.template>;
  if (template.spec) defaultSpec(template.spec);
  const { instancetypeRef: _t, preferenceRef: _r, ...remains } = status ?? {};
  return { ...rest, spec: { ...own, template }, ...(status && { status: remains }) };
}

function conflictCauses(
  machine: VirtualMachine,
  type: InstancetypeSpec,
  preference: PreferenceSpec | undefined,
): readonly Cause[] {
  const { metadata, spec = { domain: { devices: {} } } } = machine.spec.template;
  const fields = [
    ...conflictsWith(spec, type).map((field) => `spec.template.spec.${field}`),
    ...conflictingAnnotations(metadata?.annotations, type).map((key) => `spec.template.metadata.annotations.${key}`),
  ];
  const causes = fields.map((field): Cause => {
    const message = 'conflicts with the instancetype, which decides it: remove one of the two';
    return { reason: 'FieldValueInvalid', field, message };
  });
  return [...spreadCauses(type.cpu.guest, preference), ...causes];
}

/** What is wrong with the whole that was not wrong with its parts. */
function faultsOf(expanded: VirtualMachine, { instancetype, preference }: NamedTypes): readonly Cause[] {
  const complete = structuredClone(expanded.spec.template.spec) as Draft<VirtualMachineInstanceSpec>;
  defaultSpec(complete);
  const report = new Report();
  validateInstanceSpec(complete, 'spec.template.spec', report);
  return preference ? [...report.causes, ...requirementCauses(complete, instancetype, preference)] : report.causes;
}

/** Tells what an instance was made from: KubeVirt's annotations. */
function nameAnnotations({ spec }: VirtualMachine): Readonly<Record<string, string>> {
  const named: Record<string, string> = {};
  for (const role of typeRoles) {
    const matcher = spec[role];
    if (!matcher?.name) continue;
    const cluster = matchedKind(role, matcher.kind)?.namespaced ? '' : 'cluster-';
    named[`kubevirt.io/${cluster}${role}-name`] = matcher.name;
  }
  return named;
}

type DataVolumeTemplates = NonNullable<VirtualMachine['spec']['dataVolumeTemplates']>;

function withStorageClass(templates: DataVolumeTemplates, preference: PreferenceSpec | undefined): DataVolumeTemplates {
  const storageClassName = preference?.volumes?.preferredStorageClassName;
  if (!storageClassName) return templates;
  return templates.map(({ spec, ...template }) => ({
    ...template,
    spec: {
      ...spec,
      ...(spec.pvc && { pvc: { storageClassName, ...spec.pvc } }),
      ...(spec.storage && { storage: { storageClassName, ...spec.storage } }),
    },
  }));
}
