import type { Cause } from '../../machinery/index.ts';
import { Report } from '../validation/report.ts';

/** How a VirtualMachine names an instancetype or a preference: KubeVirt's rules for `spec.instancetype`. */

/** Which of the two fields of a VirtualMachine it is. */
export type TypeRole = 'instancetype' | 'preference';
export const typeRoles: readonly TypeRole[] = ['instancetype', 'preference'];

export interface TypeMatcher {
  readonly name?: string;
  readonly kind?: string;
  readonly revisionName?: string;
  readonly inferFromVolume?: string;
  readonly inferFromVolumeFailurePolicy?: 'Reject' | 'Ignore';
}

/** A kind that a matcher may name. */
export interface TypeKind {
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

const kindsOf: Readonly<Record<TypeRole, readonly [ofCluster: TypeKind, ofNamespace: TypeKind]>> = {
  instancetype: typeKinds('Instancetype'),
  preference: typeKinds('Preference'),
};

function typeKinds(word: string): readonly [TypeKind, TypeKind] {
  const named = (kind: string, namespaced: boolean) => ({ kind, plural: `${kind.toLowerCase()}s`, namespaced });
  return [named(`VirtualMachineCluster${word}`, false), named(`VirtualMachine${word}`, true)];
}

/** The kind that a matcher means, in any case, singular or plural; the one of the cluster where it names none. */
export function matchedKind(role: TypeRole, kind: string | undefined): TypeKind | undefined {
  if (!kind) return kindsOf[role][0];
  const word = kind.toLowerCase();
  return kindsOf[role].find(({ plural }) => word === plural || `${word}s` === plural);
}

export function matcherCauses(role: TypeRole, matcher: TypeMatcher): readonly Cause[] {
  const report = new Report();
  const { name, kind, inferFromVolume } = matcher;
  const path = `spec.${role}`;
  if (!name && !inferFromVolume) report.required(path, 'name or inferFromVolume must be set');
  if (inferFromVolume && name) report.invalid(`${path}.name`, 'inferFromVolume excludes it');
  if (inferFromVolume && kind) report.invalid(`${path}.kind`, 'inferFromVolume excludes it');
  if (!matchedKind(role, kind)) {
    const allowed = kindsOf[role].map((one) => one.kind);
    report.oneOf(`${path}.kind`, kind, allowed);
  }
  return report.causes;
}

/** A matcher that is pinned to a revision cannot take another name and keep the revision. */
export function matcherChangeCauses(
  role: TypeRole,
  before: TypeMatcher | undefined,
  after: TypeMatcher | undefined,
): readonly Cause[] {
  const stale = before?.revisionName && after?.revisionName === before.revisionName && after.name !== before.name;
  if (!stale) return [];
  const field = `spec.${role}.revisionName`;
  return [{ reason: 'FieldValueInvalid', field, message: 'belongs to the former name: change or remove it too' }];
}
