import {
  type Cause,
  type ControllerRevision,
  expandMachine,
  type ResolvedType,
  resolveType,
  revisionOfType,
  type Stored,
  type TypeLookup,
  type TypeRole,
  typeRoles,
  typesFound,
  type VirtualMachine,
} from '@godwit/kinds';
import type { Trouble } from './machine-conditions.ts';

/** What a machine's instancetype and preference make of it. */
export interface MachineWithTypes {
  /**
   * The machine with everything that its types say in its template, and with the copies that it keeps of them in its
   * status; the machine as it is when there is trouble.
   */
  readonly machine: Stored<VirtualMachine>;
  /** Copies that are to be made before anything is made from them. */
  readonly revisions: readonly Omit<ControllerRevision, 'apiVersion' | 'kind'>[];
  readonly trouble?: Trouble;
}

const missingReasons: Readonly<Record<TypeRole, string>> = {
  instancetype: 'FailedFindInstancetype',
  preference: 'FailedFindPreference',
};

/**
 * Expands a machine. It keeps copies of what it names from the first time on, so that a change of an instancetype or
 * preference changes no machine that exists; one that names another, or gives up its copy, takes what there is then.
 */
export function machineWithTypes(stored: Stored<VirtualMachine>, lookup: TypeLookup): MachineWithTypes {
  if (stored.metadata.deletionTimestamp) return { machine: stored, revisions: [] };
  const [instancetype, preference] = typeRoles.map((role) => resolveType(role, stored, lookup));
  const resolved = { instancetype, preference };
  for (const role of typeRoles) {
    const one = resolved[role];
    if (one?.type === 'missing') return unexpanded(stored, missingReasons[role], one.message);
  }
  const machine = withReferences(stored, resolved);
  if (!instancetype && !preference) return { machine, revisions: [] };
  const expansion = expandMachine(machine, typesFound(instancetype, preference));
  if (expansion.type === 'refused') return unexpanded(stored, 'FailedCreate', textOf(expansion.causes));
  const revisions = [instancetype, preference].flatMap((one) =>
    one?.type === 'found' && one.revision === undefined ? [revisionOfType(stored, one.stored)] : [],
  );
  return { machine: { ...machine, spec: expansion.machine.spec }, revisions };
}

function unexpanded(machine: Stored<VirtualMachine>, reason: string, message: string): MachineWithTypes {
  return { machine, revisions: [], trouble: { reason, message } };
}

const textOf = (causes: readonly Cause[]) => causes.map(({ field, message }) => `${field}: ${message}`).join('; ');

/** Says in the status which copies the machine keeps. */
function withReferences(
  machine: Stored<VirtualMachine>,
  resolved: Readonly<Record<TypeRole, ResolvedType | undefined>>,
): Stored<VirtualMachine> {
  const { instancetypeRef: _t, preferenceRef: _p, ...status } = machine.status ?? {};
  const references = typeRoles.flatMap((role) => {
    const one = resolved[role];
    return one?.type === 'found' ? [[`${role}Ref`, referenceTo(machine, one)]] : [];
  });
  return { ...machine, status: { ...status, ...Object.fromEntries(references) } };
}

function referenceTo(machine: Stored<VirtualMachine>, { stored, revision }: Extract<ResolvedType, { type: 'found' }>) {
  const name = revision ?? revisionOfType(machine, stored).metadata.name ?? '';
  return { name: stored.metadata.name ?? '', kind: stored.kind, controllerRevisionRef: { name } };
}
