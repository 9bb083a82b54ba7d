import type { Cause, KindDefinition, StatusDetails } from '@godwit/kinds';
import { StatusFailure } from '@godwit/kinds';

/** A value as messages show it: JSON, cut where it is long. */
export function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null';
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`;
}

export function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

/** `deployments.apps`, or `pods` in the core group: how messages name a resource. */
export function resourceName(kind: Pick<KindDefinition, 'group' | 'plural'>): string {
  return kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`;
}

function kindName(kind: Pick<KindDefinition, 'group' | 'kind'>): string {
  return kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
}

/** Details with the group where there is one. Kubernetes writes the plural into `kind` here. */
export function detailsOf(
  kind: Pick<KindDefinition, 'group' | 'plural'>,
  name: string,
  more: Partial<StatusDetails> = {},
): StatusDetails {
  return { ...(name !== '' && { name }), ...(kind.group !== '' && { group: kind.group }), kind: kind.plural, ...more };
}

/** 422 with every cause, in the words of kubectl. */
export function invalid(kind: KindDefinition, name: string, causes: readonly Cause[]): StatusFailure {
  const lines = causes.map(({ field, message }) => (field ? `${field}: ${message}` : message));
  const list = lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`;
  const details = {
    ...(name !== '' && { name }),
    ...(kind.group !== '' && { group: kind.group }),
    kind: kind.kind,
    causes,
  };
  return new StatusFailure('Invalid', `${kindName(kind)} ${quoted(name)} is invalid: ${list}`, details);
}

export function notFound(kind: Pick<KindDefinition, 'group' | 'plural'>, name: string): StatusFailure {
  return new StatusFailure('NotFound', `${resourceName(kind)} ${quoted(name)} not found`, detailsOf(kind, name));
}

export function alreadyExists(kind: Pick<KindDefinition, 'group' | 'plural'>, name: string): StatusFailure {
  const message = `${resourceName(kind)} ${quoted(name)} already exists`;
  return new StatusFailure('AlreadyExists', message, detailsOf(kind, name));
}

export function conflict(kind: Pick<KindDefinition, 'group' | 'plural'>, name: string, why: string): StatusFailure {
  const message = `Operation cannot be fulfilled on ${resourceName(kind)} ${quoted(name)}: ${why}`;
  return new StatusFailure('Conflict', message, detailsOf(kind, name));
}

export function modified(kind: Pick<KindDefinition, 'group' | 'plural'>, name: string): StatusFailure {
  return conflict(
    kind,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  );
}

/** A refusal of `stored` as one of `kind`, which is another form of it; anything else as it is. */
export function askedAs(kind: KindDefinition, stored: KindDefinition, error: unknown): unknown {
  if (!(error instanceof StatusFailure)) return error;
  const { message, reason, statusDetails: details } = error;
  if (!details || (details.group ?? '') !== stored.group) return error;
  if (details.kind !== stored.plural && details.kind !== stored.kind) return error;
  const { name = '', group: _group, kind: what, ...more } = details;
  const isKind = what === stored.kind;
  const [before, after] = isKind ? [kindName(stored), kindName(kind)] : [resourceName(stored), resourceName(kind)];
  const told = message.replace(`${before} ${quoted(name)}`, () => `${after} ${quoted(name)}`);
  return new StatusFailure(reason, told, detailsOf(kind, name, { ...more, ...(isKind && { kind: kind.kind }) }), error);
}

export function forbidden(
  kind: Pick<KindDefinition, 'group' | 'plural'>,
  name: string,
  why: string,
  causes?: readonly Cause[],
): StatusFailure {
  const what = name === '' ? resourceName(kind) : `${resourceName(kind)} ${quoted(name)}`;
  return new StatusFailure('Forbidden', `${what} is forbidden: ${why}`, detailsOf(kind, name, causes && { causes }));
}
