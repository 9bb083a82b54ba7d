/**
 * Writes to a kind that is another form of a stored one: what is sent is read in its own form, written as the stored
 * kind, through whose defaults, admission and managed fields it goes, and answered in the form in which it was sent. For
 * kinds that are stored as they are all of this is nothing.
 */
import type { Address, Draft, KindDefinition, KubeObject } from '@godwit/kinds';
import { fromStored, inForm, storedKind, toStored } from '../documents/form.ts';
import { askedAs, invalid } from '../validation/index.ts';
import type { Caller, Written } from './operations.ts';
import { nameOf, type ReadOptions, readObject } from './read-object.ts';

/** As what, and where, an object is stored. */
export interface Target {
  readonly kind: KindDefinition;
  readonly address: Address;
}

export function targetOf(kind: KindDefinition, address: Address): Target {
  const stored = storedKind(kind);
  if (stored === kind) return { kind, address };
  return { kind: stored, address: { ...address, group: stored.group, version: stored.version } };
}

/** `readObject`, in the form in which the object is stored. `before`: what is stored now. */
export function readForStore(
  caller: Caller,
  kind: KindDefinition,
  address: Address,
  value: unknown,
  options: ReadOptions = {},
  before?: KubeObject,
): Draft<KubeObject> {
  const object = readObject(caller, kind, address, value, options);
  const target = targetOf(kind, address);
  if (target.kind === kind) return object;
  const context = before ? { old: fromStored(kind, before) } : {};
  const causes = options.partial ? [] : (kind.validate?.(object, context) ?? []);
  if (causes.length > 0) throw invalid(kind, nameOf(object), causes);
  return readObject({ user: caller.user }, target.kind, target.address, toStored(kind, object, before), options);
}

/** The answer to a write, in the form of `kind`. */
export async function answerIn(kind: KindDefinition, writing: Promise<Written>): Promise<Written> {
  const written = await toldOf(kind, writing);
  return { ...written, document: inForm(kind, written.document) };
}

/** What fails is told of the resource that was asked for, not of the one as which it is stored. */
export async function toldOf<Answer>(kind: KindDefinition, writing: Promise<Answer>): Promise<Answer> {
  const stored = storedKind(kind);
  if (stored === kind) return writing;
  return writing.catch((error: unknown) => {
    throw askedAs(kind, stored, error);
  });
}
