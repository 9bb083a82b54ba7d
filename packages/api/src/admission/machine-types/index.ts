import {
  type Draft,
  expandMachine,
  matcherCauses,
  resolveType,
  typeRoles,
  typesFound,
  type VirtualMachine,
} from '@godwit/kinds';
import { equalJson } from '../../documents/json.ts';
import type { Engine } from '../../operations/engine.ts';
import { typeLookup } from '../../operations/type-lookup.ts';
import { invalid } from '../../validation/index.ts';
import type { AdmissionRequest, Admitter } from '../admitter.ts';
import type { LiveHub } from '../index.ts';
import { inferType } from './infer-type.ts';

/**
 * A VirtualMachine that names an instancetype or a preference must make a machine together with it; what it wants
 * inferred from a volume is looked up now, once. What does not exist yet is waited for: its controller says so.
 */
export async function machineTypes(engine: Engine, live: LiveHub): Promise<Admitter | undefined> {
  if (!(await live('instancetype.kubevirt.io', 'v1beta1', 'virtualmachineinstancetypes'))) return undefined;
  return {
    name: 'machine-types',
    admit(request) {
      const { operation, kind, address, object } = request;
      if (kind.group !== 'kubevirt.io' || kind.plural !== 'virtualmachines' || operation === 'delete') return;
      const machine = object as unknown as Draft<VirtualMachine>;
      const named = machine.spec?.instancetype ?? machine.spec?.preference;
      if (!named || address.subresource === 'status' || machine.metadata.deletionTimestamp) return;
      return admitMachine(engine, request, machine);
    },
  };
}

async function admitMachine(engine: Engine, request: AdmissionRequest, machine: Draft<VirtualMachine>): Promise<void> {
  const { kind, address } = request;
  const old = request.old as unknown as VirtualMachine | undefined;
  for (const role of typeRoles) {
    keepInferred(machine, old, role);
    const matcher = machine.spec[role];
    const causes = matcher ? matcherCauses(role, matcher) : [];
    if (causes.length > 0) throw invalid(kind, address.name ?? '', causes);
    if (matcher?.inferFromVolume) await inferType(engine, request, machine, role);
  }
  if (old && equalJson(old.spec, machine.spec)) return;
  const lookup = await typeLookup(engine, address.namespace ?? '');
  const whole = machine as unknown as VirtualMachine;
  const [instancetype, preference] = typeRoles.map((role) => resolveType(role, whole, lookup));
  const expansion = expandMachine(whole, typesFound(instancetype, preference));
  if (expansion.type === 'refused') throw invalid(kind, address.name ?? '', expansion.causes);
}

/** A manifest that infers is applied again: what was inferred at first stays. */
function keepInferred(
  { spec }: Draft<VirtualMachine>,
  old: VirtualMachine | undefined,
  role: (typeof typeRoles)[number],
): void {
  const matcher = spec[role];
  const before = old?.spec[role];
  if (!matcher?.inferFromVolume || !before?.name || matcher.name !== before.name) return;
  delete matcher.inferFromVolume;
  delete matcher.inferFromVolumeFailurePolicy;
}
