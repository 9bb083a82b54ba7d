/**
 * A set of fields in the form of `fieldsV1`: a tree whose steps are `f:<field>`, `k:<list item's keys>` and
 * `v:<set member>`. A leaf, or a node with a step `.`, is in the set itself. Immutable, and shared freely.
 */
export interface FieldSet {
  readonly [step: string]: FieldSet;
}

export const emptyLeaf: FieldSet = {};
const SELF = '.';

function isMember(set: FieldSet): boolean {
  if (set[SELF] !== undefined) return true;
  for (const _ in set) return false;
  return true;
}

/** A node of these steps and, if `member`, itself; undefined when there is nothing in it. */
function node(member: boolean, steps: Record<string, FieldSet>): FieldSet | undefined {
  for (const _ in steps) return member ? { [SELF]: emptyLeaf, ...steps } : steps;
  return member ? emptyLeaf : undefined;
}

/** What is in either: `a` itself where `b` adds nothing. */
export function union(a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined {
  if (!a || !b || a === b) return a ?? b;
  if (covers(a, b)) return a;
  const steps: Record<string, FieldSet> = {};
  for (const step in a) if (step !== SELF) steps[step] = union(a[step], b[step]) as FieldSet;
  for (const step in b) if (step !== SELF && steps[step] === undefined) steps[step] = b[step] as FieldSet;
  return node(isMember(a) || isMember(b), steps);
}

/** What is in both. A member in `b` does not stand for what is below it. */
export function intersection(a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined {
  if (!a || !b) return undefined;
  const steps: Record<string, FieldSet> = {};
  for (const step in a) {
    const both = step === SELF ? undefined : intersection(a[step], b[step]);
    if (both) steps[step] = both;
  }
  return node(isMember(a) && isMember(b), steps);
}

/** Whether everything in `b` is in `a`. */
function covers(a: FieldSet, b: FieldSet): boolean {
  if (isMember(b) && !isMember(a)) return false;
  for (const step in b) {
    if (step === SELF) continue;
    const inner = a[step];
    if (inner === undefined || !covers(inner, b[step] as FieldSet)) return false;
  }
  return true;
}

/** Whether something is in both, or with `below` something of `a` is below what is in `b`. */
function meets(a: FieldSet, b: FieldSet, below: boolean): boolean {
  if (isMember(b) && (below || isMember(a))) return true;
  for (const step in b) {
    const inner = step === SELF ? undefined : a[step];
    if (inner !== undefined && meets(inner, b[step] as FieldSet, below)) return true;
  }
  return false;
}

/** What is in `a` and not in `b`: `a` itself where they have nothing in common. */
export function difference(a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined {
  if (!a || !b || !meets(a, b, false)) return a;
  const steps: Record<string, FieldSet> = {};
  for (const step in a) {
    const rest = step === SELF ? undefined : difference(a[step], b[step]);
    if (rest) steps[step] = rest;
  }
  return node(isMember(a) && !isMember(b), steps);
}

/** Takes out what is in `b` and everything below it: a field that is gone has nothing in it any more. */
export function withoutTrees(a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined {
  if (!a || !b || !meets(a, b, true)) return a;
  if (isMember(b)) return undefined;
  const steps: Record<string, FieldSet> = {};
  for (const step in a) {
    const rest = step === SELF ? undefined : withoutTrees(a[step], b[step]);
    if (rest) steps[step] = rest;
  }
  return node(isMember(a), steps);
}

export function sameSet(a: FieldSet | undefined, b: FieldSet | undefined): boolean {
  if (a === b) return true;
  if (!a || !b) return false;
  for (const step in a) if (!sameSet(a[step], b[step])) return false;
  for (const step in b) if (a[step] === undefined) return false;
  return true;
}

/** Paths of all members, as messages show them: `.spec.containers[name="web"].image`. */
export function pathsOf(set: FieldSet | undefined, prefix = ''): readonly string[] {
  if (!set) return [];
  const paths = isMember(set) && prefix !== '' ? [prefix] : [];
  for (const step in set) {
    if (step !== SELF) paths.push(...pathsOf(set[step], prefix + stepText(step)));
  }
  return paths;
}

function stepText(step: string): string {
  const rest = step.slice(2);
  if (step.startsWith('f:')) return `.${rest}`;
  if (step.startsWith('v:')) return `[=${rest}]`;
  const keys = Object.entries(JSON.parse(rest) as Record<string, unknown>);
  return `[${keys.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`;
}

/** Reads `fieldsV1` as somebody sent it; undefined when it is no such tree. */
export function readFieldSet(value: unknown): FieldSet | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  for (const [step, child] of Object.entries(value)) {
    if (step !== SELF && !/^[fkvi]:/.test(step)) return undefined;
    if (step.startsWith('k:') && !isJsonText(step.slice(2))) return undefined;
    if (readFieldSet(child) === undefined) return undefined;
  }
  return value as FieldSet;
}

function isJsonText(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}
