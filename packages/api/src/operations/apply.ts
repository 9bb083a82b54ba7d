import {
  type Address,
  apiVersionOf,
  type JsonSchema,
  type KindDefinition,
  type KubeObject,
  type Patch,
  StatusFailure,
} from '@godwit/kinds';
import { isObject, type JsonObject } from '../documents/json.ts';
import {
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
import { managedDifference, managerOf, managersBefore, writablePart } from './managed-fields.ts';
import type { Caller, DocumentWriteOptions, Written } from './operations.ts';
import { readObject } from './read-object.ts';
import { type ChangedObject, changeObject } from './update.ts';
import { readForStore, type Target, targetOf } from './write-form.ts';

type Apply = Extract<Patch, { type: 'apply' }>;

/** What somebody wants parts of an object to be, as far as that can be said without the object. */
interface Application {
  readonly target: Target;
  readonly schema: JsonSchema;
  readonly manager: Manager;
  /** The part of the object that can be changed this way. */
  readonly part: ReturnType<typeof writablePart>;
  /** What was sent, checked, in the form in which it is stored. */
  readonly wanted: KubeObject;
  /** The fields that it says, and whose manager it becomes. */
  readonly fields: ManagedFields['fields'] | undefined;
  /** Whether fields are taken over that others manage. */
  readonly force: boolean;
}

/** Server-side apply: makes the object, or merges what was sent into it and takes out what was no longer sent. */
export async function applyDocument(
  engine: Engine,
  caller: Caller,
  kind: KindDefinition,
  address: Address,
  patch: Apply,
  options: DocumentWriteOptions,
): Promise<Written> {
  const body = checkApplied(kind, patch, options);
  const application = readApplication(caller, kind, address, body, patch.force ?? false, options);
  const { target, manager, fields } = application;
  const { subresource, name = '', namespace } = address;
  if (await engine.stored(target.kind, namespace, name)) {
    return changeObject(engine, caller, target.kind, target.address, options, ({ object }) =>
      changedBy(application, caller, object),
    );
  }
  if (subresource) await engine.existing(target.kind, namespace, name);
  engine.authorizeAddress(caller, 'create', address);
  const apiVersion = apiVersionOf(target.kind);
  return createObject(engine, caller, target.kind, target.address, options, () => ({
    object: readForStore({ user: caller.user }, kind, address, body, { fieldValidation: 'Ignore' }),
    manage: (_final, time) => (fields ? writeManagers([{ manager, apiVersion, time, fields }]) : []),
  }));
}

function readApplication(
  caller: Caller,
  kind: KindDefinition,
  address: Address,
  body: JsonObject,
  force: boolean,
  options: DocumentWriteOptions,
): Application {
  const { subresource = '' } = address;
  const target = targetOf(kind, address);
  const schema = objectSchema(target.kind);
  const wanted = readForStore(caller, kind, address, body, { ...options, partial: true }) as KubeObject;
  const part = writablePart(target.kind, subresource);
  const fields = managedPart(fieldsOf(wanted, schema), part);
  return {
    target,
    schema,
    manager: managerOf(caller, options.fieldManager, 'Apply', subresource),
    part,
    wanted,
    fields,
    force,
  };
}

/** What becomes of the object as it stands. Throws `Conflict` with the fields that others manage. */
function changedBy(application: Application, caller: Caller, old: KubeObject): ChangedObject {
  const { target, manager, wanted, fields } = application;
  const managers = managersBefore(old, undefined, true);
  const value = merged(application, old, managers);
  const { resourceVersion = '', uid = old.metadata.uid as string } = wanted.metadata;
  return {
    object: readObject({ user: caller.user }, target.kind, target.address, value, { fieldValidation: 'Ignore' }),
    resourceVersion,
    uid,
    manage: (_old, final, time) => {
      const change = { manager, apiVersion: apiVersionOf(target.kind), time };
      return writeManagers(trackApply(managers, change, fields, managedDifference(target.kind, old, final)));
    },
  };
}

function merged(
  { schema, manager, part, wanted, fields, force }: Application,
  old: KubeObject,
  managers: readonly ManagedFields[],
): unknown {
  const both = mergeApplied(old, onlyPart(wanted, part), schema);
  const { changed } = compareFields(old, both, schema);
  const conflicts = conflictsWith(managers, manager, { changed: managedPart(changed, 'all') });
  if (conflicts.length > 0 && !force) throw conflictFailure(conflicts);
  const last = managers.find((entry) => sameManager(entry.manager, manager))?.fields;
  const others = managers.filter((entry) => !sameManager(entry.manager, manager));
  return pruneApplied(both, schema, last, fields, others);
}

function onlyPart(object: KubeObject, part: Application['part']): unknown {
  if (part === 'all') return object;
  const { status, ...rest } = object as unknown as JsonObject;
  return part === 'status' ? { status } : rest;
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
