import {
  type Address,
  type JsonSchema,
  type KindDefinition,
  type KubeObject,
  type Patch,
  StatusFailure,
} from '@godwit/kinds';
import type { Document } from '../documents/document.ts';
import { inForm } from '../documents/form.ts';
import { isObject } from '../documents/json.ts';
import { applyJsonPatch, applyMergePatch, applyStrategicMerge, type Manager, objectSchema } from '../patch/index.ts';
import { applyDocument } from './apply.ts';
import type { Engine } from './engine.ts';
import { entriesOfUpdate, managerOf } from './managed-fields.ts';
import type { Caller, DocumentWriteOptions, Written } from './operations.ts';
import { type ChangedObject, changeObject, unchangeable } from './update.ts';
import { answerIn, readForStore, targetOf } from './write-form.ts';

export async function patchDocument(
  engine: Engine,
  caller: Caller,
  address: Address,
  patch: Patch,
  options: DocumentWriteOptions = {},
): Promise<Written> {
  const kind = engine.kindFor(address, 'patch');
  engine.authorizeAddress(caller, 'patch', address);
  if (patch.type === 'apply') return answerIn(kind, applyDocument(engine, caller, kind, address, patch, options));
  const target = targetOf(kind, address);
  const manager = managerOf(caller, options.fieldManager, 'Update', address.subresource);
  const asked = { kind, address, patch, options, manager };
  const writing = changeObject(engine, caller, target.kind, target.address, options, (current, again) =>
    patched(again ? { user: caller.user } : caller, asked, current),
  );
  return answerIn(kind, writing);
}

/** A patch that is not an apply, of the object at an address, and who sends it. */
interface AskedPatch {
  readonly kind: KindDefinition;
  readonly address: Address;
  readonly patch: Exclude<Patch, { type: 'apply' }>;
  readonly options: DocumentWriteOptions;
  readonly manager: Manager;
}

function patched(caller: Caller, asked: AskedPatch, document: Document): ChangedObject {
  const { kind, address, patch, options, manager } = asked;
  const target = targetOf(kind, address);
  const current: KubeObject = document.object;
  const seen: KubeObject = inForm(kind, document).object;
  const value = withoutKnownManagers(patchedValue(seen, patch, objectSchema(kind)), current);
  const known = unchangeable(target.kind, address.subresource ?? '', current);
  const object = readForStore(caller, kind, address, value, { ...options, known }, current);
  const { managedFields: sent, resourceVersion, uid } = object.metadata;
  // A patch that does not speak of the version holds for whatever there is.
  const version = resourceVersion === current.metadata.resourceVersion ? '' : (resourceVersion ?? '');
  return {
    object,
    manage: (old, final, time) => entriesOfUpdate(target.kind, old, final, sent, manager, time),
    resourceVersion: version || versionInPatch(patch),
    uid: uid ?? (current.metadata.uid as string),
  };
}

/** A patch that does not touch the entries of managers leaves the stored ones, which need not be read again. */
function withoutKnownManagers(value: unknown, current: KubeObject): unknown {
  if (!isObject(value) || !isObject(value.metadata)) return value;
  const { managedFields, ...metadata } = value.metadata;
  return managedFields !== undefined && managedFields === current.metadata.managedFields
    ? { ...value, metadata }
    : value;
}

/** A patch that names the version that is there must fail, and not be tried again, once that has changed. */
function versionInPatch(patch: Patch): string {
  if (patch.type === 'json' || !isObject(patch.body) || !isObject(patch.body.metadata)) return '';
  const { resourceVersion } = patch.body.metadata;
  return typeof resourceVersion === 'string' ? resourceVersion : '';
}

/** What an object becomes by a patch that is not an apply. */
export function patchedValue(current: KubeObject, patch: Patch, schema: JsonSchema): unknown {
  switch (patch.type) {
    case 'json':
      return applyJsonPatch(current, patch.body);
    case 'merge':
      if (!isObject(patch.body)) throw new StatusFailure('BadRequest', 'a merge patch must be an object');
      return applyMergePatch(current, patch.body);
    default:
      return applyStrategicMerge(current, patch.body, schema);
  }
}
