import {
  type Address,
  apiVersionOf,
  type JsonSchema,
  type KindDefinition,
  type KubeObject,
  type Patch,
  StatusFailure,
} from '@godwit/kinds';
import type { Document } from '../documents/document.ts';
import { inForm } from '../documents/form.ts';
import { isObject, type JsonObject } from '../documents/json.ts';
import {
  applyJsonPatch,
  applyMergePatch,
  applyStrategicMerge,
  compareFields,
  conflictFailure,
  conflictsWith,
  fieldsOf,
  type ManagedFields,
  type Manager,
  managedPart,
  mergeApplied,
  objectSchema,
  pruneApplied,
  sameManager,
  trackApply,
  writeManagers,
} from '../patch/index.ts';
import { createObject } from './create.ts';
import type { Engine } from './engine.ts';
import { entriesOfUpdate, managedDifference, managerOf, managersBefore, writablePart } from './managed-fields.ts';
import type { Caller, DocumentWriteOptions, Written } from './operations.ts';
import { readObject } from './read-object.ts';
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
  const manager = managerOf(caller, options.fieldManager, 'Update', address.subresource);
  const target = targetOf(kind, address);
  const writing = changeObject(engine, caller, target.kind, target.address, options, (current, again) =>
    patched(again ? { user: caller.user } : caller, kind, address, patch, options, manager, current),
  );
  return answerIn(kind, writing);
}

function patched(
  caller: Caller,
  kind: KindDefinition,
  address: Address,
  patch: Patch,
  options: DocumentWriteOptions,
  manager: Manager,
  document: Document,
): ChangedObject {
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

type Apply = Extract<Patch, { type: 'apply' }>;

async function applyDocument(
  engine: Engine,
  caller: Caller,
  kind: KindDefinition,
  address: Address,
  patch: Apply,
  options: DocumentWriteOptions,
): Promise<Written> {
  const { subresource = '', name = '', namespace } = address;
  const body = checkApplied(kind, patch, options);
  const manager = managerOf(caller, options.fieldManager, 'Apply', subresource);
  const target = targetOf(kind, address);
  const schema = objectSchema(target.kind);
  const apiVersion = apiVersionOf(target.kind);
  const applied = readForStore(caller, kind, address, body, { ...options, partial: true });
  const part = writablePart(target.kind, subresource);
  const fields = managedPart(fieldsOf(applied, schema), part);
  if (!(await engine.stored(target.kind, namespace, name))) {
    if (subresource !== '') await engine.existing(target.kind, namespace, name);
    engine.authorizeAddress(caller, 'create', address);
    return createObject(engine, caller, target.kind, target.address, options, () => ({
      object: readForStore({ user: caller.user }, kind, address, body, { fieldValidation: 'Ignore' }),
      manage: (_final, time) => (fields ? writeManagers([{ manager, apiVersion, time, fields }]) : []),
    }));
  }
  return changeObject(engine, caller, target.kind, target.address, options, (current) => {
    const { object: old } = current;
    const managers = managersBefore(old, undefined, true);
    const value = appliedValue(old, managers);
    const object = readObject({ user: caller.user }, target.kind, target.address, value, { fieldValidation: 'Ignore' });
    const { resourceVersion } = applied.metadata;
    return {
      object,
      resourceVersion: resourceVersion ?? '',
      uid: applied.metadata.uid ?? old.metadata.uid,
      manage: (_old, final, time) => {
        const change = { manager, apiVersion, time };
        return writeManagers(trackApply(managers, change, fields, managedDifference(target.kind, old, final)));
      },
    };
  });

  function appliedValue(old: KubeObject, managers: readonly ManagedFields[]): unknown {
    const own = part === 'status' ? { status: (applied as { status?: unknown }).status } : withoutStatus(applied, part);
    const merged = mergeApplied(old, own, schema);
    const { changed } = compareFields(old, merged, schema);
    const conflicts = conflictsWith(managers, manager, { changed: managedPart(changed, 'all') });
    if (conflicts.length > 0 && !patch.force) throw conflictFailure(conflicts);
    const last = managers.find((entry) => sameManager(entry.manager, manager))?.fields;
    const others = managers.filter((entry) => !sameManager(entry.manager, manager));
    return pruneApplied(merged, schema, last, fields, others);
  }
}

function withoutStatus(object: unknown, part: 'all' | 'all-but-status'): unknown {
  if (part === 'all') return object;
  const { status: _, ...rest } = object as JsonObject;
  return rest;
}

function checkApplied(kind: KindDefinition, patch: Apply, options: DocumentWriteOptions): JsonObject {
  if (!options.fieldManager) {
    const message = 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch';
    throw new StatusFailure('Invalid', message, {
      causes: [
        { reason: 'FieldValueRequired', field: 'fieldManager', message: 'Required value: is required for apply patch' },
      ],
    });
  }
  const { body } = patch;
  if (!isObject(body)) throw new StatusFailure('BadRequest', 'an applied configuration must be one object');
  if (body.apiVersion === undefined || body.kind === undefined) {
    throw new StatusFailure('BadRequest', `an applied configuration must name its apiVersion and kind (${kind.kind})`);
  }
  const metadata = isObject(body.metadata) ? body.metadata : {};
  if (Array.isArray(metadata.managedFields) && metadata.managedFields.length > 0) {
    throw new StatusFailure('BadRequest', 'metadata.managedFields must be nil');
  }
  return body;
}
