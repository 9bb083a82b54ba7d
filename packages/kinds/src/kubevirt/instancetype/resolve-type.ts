import type { ControllerRevision } from '../../apps/controller-revision.ts';
import type { VirtualMachine } from '../virtual-machine.ts';
import type { NamedTypes } from './expand-machine.ts';
import type { InstancetypeSpec } from './instancetype-spec.ts';
import { matchedKind, type TypeKind, type TypeRole } from './matcher.ts';
import type { PreferenceSpec } from './preference-spec.ts';
import { isRevisionOf, type StoredType, typeOfRevision } from './type-revision.ts';

/** Where types are found: a cache, mostly. Both look in the namespace of the machine where that matters. */
export interface TypeLookup {
  readonly revision: (name: string) => ControllerRevision | undefined;
  readonly type: (kind: TypeKind, name: string) => StoredType | undefined;
}

export type ResolvedType =
  /** `revision`: the copy that it comes from; without one, it is the type as it stands now. */
  | { readonly type: 'found'; readonly stored: StoredType; readonly revision?: string }
  | { readonly type: 'missing'; readonly message: string };

/**
 * What a machine means by its instancetype or preference: the copy that its user pinned it to, else the copy that it
 * keeps of the one it names, else that one itself. Undefined when it names none.
 */
export function resolveType(role: TypeRole, machine: VirtualMachine, lookup: TypeLookup): ResolvedType | undefined {
  const matcher = machine.spec[role];
  if (!matcher) return undefined;
  if (matcher.revisionName) return pinned(role, matcher.revisionName, lookup);
  const kept = machine.status?.[`${role}Ref`]?.controllerRevisionRef?.name;
  const copy = kept ? lookup.revision(kept) : undefined;
  const stored = copy && isRevisionOf(copy, role, matcher) ? typeOfRevision(role, copy) : undefined;
  if (kept && stored) return { type: 'found', stored, revision: kept };
  const { name = '', kind: word } = matcher;
  const kind = matchedKind(role, word);
  if (!kind) return missing(`spec.${role}.kind: there is no kind "${word}"`);
  const found = lookup.type(kind, name);
  return found ? { type: 'found', stored: found } : missing(`${kind.kind} "${name}" not found`);
}

function pinned(role: TypeRole, name: string, lookup: TypeLookup): ResolvedType {
  const copy = lookup.revision(name);
  const stored = copy && typeOfRevision(role, copy);
  if (stored) return { type: 'found', stored, revision: name };
  return missing(copy ? `ControllerRevision "${name}" holds no ${role}` : `ControllerRevision "${name}" not found`);
}

const missing = (message: string): ResolvedType => ({ type: 'missing', message });

/** What was found of the two, in the form that {@link expandMachine} takes. */
export function typesFound(instancetype: ResolvedType | undefined, preference: ResolvedType | undefined): NamedTypes {
  return {
    ...(instancetype?.type === 'found' && { instancetype: instancetype.stored.spec as InstancetypeSpec }),
    ...(preference?.type === 'found' && { preference: preference.stored.spec as PreferenceSpec }),
  };
}
