/**
 * Sizes and preferences that machines name instead of repeating them: instancetype.kubevirt.io/v1beta1.
 *
 *   instancetype-spec, preference-spec, preferred-devices   what can be said
 *   virtual-machine-instancetype, -preference               the four kinds
 *   matcher                 how a machine names one
 *   type-revision           the copy that a machine keeps
 *   resolve-type            which of them a machine means
 *   cpu-topology            what virtual processors show as
 *   apply-instancetype, apply-preference, apply-preferred-devices   what each writes into a machine
 *   requirement-causes      what a preference requires
 *   expand-machine          all of it together: the machine as if its user had written everything
 *   infer-type              the names that a volume carries
 */
import type { KindDefinition } from '../../machinery/index.ts';
import { virtualMachineClusterInstancetype, virtualMachineInstancetype } from './virtual-machine-instancetype.ts';
import { virtualMachineClusterPreference, virtualMachinePreference } from './virtual-machine-preference.ts';

export { completeMachine, type Expansion, expandMachine, type NamedTypes } from './expand-machine.ts';
export { inferredMatcher } from './infer-type.ts';
export type { InstancetypeSpec } from './instancetype-spec.ts';
export { matchedKind, matcherCauses, type TypeKind, type TypeMatcher, type TypeRole, typeRoles } from './matcher.ts';
export type { PreferenceSpec } from './preference-spec.ts';
export { type ResolvedType, resolveType, type TypeLookup, typesFound } from './resolve-type.ts';
export { revisionOfType, type StoredType } from './type-revision.ts';
export * from './virtual-machine-instancetype.ts';
export * from './virtual-machine-preference.ts';

export const instancetypeKinds: readonly KindDefinition[] = [
  virtualMachineInstancetype as unknown as KindDefinition,
  virtualMachineClusterInstancetype as unknown as KindDefinition,
  virtualMachinePreference as unknown as KindDefinition,
  virtualMachineClusterPreference as unknown as KindDefinition,
];
