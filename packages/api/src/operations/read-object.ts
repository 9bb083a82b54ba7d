import {
  type Address,
  apiVersionOf,
  type Draft,
  type KindDefinition,
  type KubeObject,
  StatusFailure,
} from '@godwit/kinds';
import { isObject, type JsonObject } from '../documents/json.ts';
import { objectSchema } from '../patch/patch-schema.ts';
import { invalid, metadataCauses, nearestName, quoted, shapeOf } from '../validation/index.ts';
import { type UnknownField, Walk } from '../validation/walk.ts';
import type { Caller, DocumentWriteOptions } from './operations.ts';

/** Largest object, as text in bytes (more or less: what is counted is its strings). */
const SIZE_LIMIT = 3 * 1024 * 1024;

export interface ReadOptions extends DocumentWriteOptions {
  /** The object is a part of one: fields that are required may be missing. */
  readonly partial?: boolean;
  /** What was stored, as far as nobody changes the answer: what is shared with it is sound, and stays shared. */
  readonly known?: object | undefined;
}

/**
 * A private copy of what somebody sent for `address`, checked against the kind's schema. Throws `BadRequest`
 * for what is no such object or (strict) has unknown fields, `Invalid` with every cause.
 */
export function readObject(
  caller: Caller,
  kind: KindDefinition,
  address: Address,
  value: unknown,
  options: ReadOptions = {},
): Draft<KubeObject> {
  if (!isObject(value)) throw new StatusFailure('BadRequest', `the body must be one ${kind.kind} object`);
  checkType(kind, value);
  const walk = new Walk();
  const copy = shapeOf(objectSchema(kind))(value, walk, options.known) as JsonObject;
  if (walk.size > SIZE_LIMIT) {
    const message = `Request entity too large: limit is ${SIZE_LIMIT} bytes`;
    throw new StatusFailure('RequestEntityTooLarge', message);
  }
  if (walk.unknownFields.length > 0 || (options.duplicateFields?.length ?? 0) > 0) {
    reportFields(caller, kind, walk.unknownFields, options);
  }
  const { apiVersion: _apiVersion, kind: _kind, metadata, ...body } = copy;
  const object = {
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    metadata: isObject(metadata) ? metadata : {},
    ...body,
  };
  placeObject(kind, address, object);
  const causes = options.partial ? walk.causes.filter((cause) => cause.reason !== 'FieldValueRequired') : walk.causes;
  if (causes.length > 0) {
    const metadataIsSound = !causes.some((cause) => cause.field?.startsWith('metadata'));
    const more = metadataIsSound && !options.partial ? metadataCauses(kind, object.metadata) : [];
    throw invalid(kind, nameOf(object), [...more, ...causes]);
  }
  return object;
}

export function nameOf(object: KubeObject): string {
  return object.metadata.name ?? object.metadata.generateName ?? '';
}

function checkType(kind: KindDefinition, value: JsonObject): void {
  const expected = apiVersionOf(kind);
  if (value.apiVersion !== undefined && value.apiVersion !== expected) {
    const message = `the API version in the data (${quoted(value.apiVersion)}) does not match the expected API version (${expected})`;
    throw new StatusFailure('BadRequest', message);
  }
  if (value.kind !== undefined && value.kind !== kind.kind) {
    const message = `the kind in the data (${quoted(value.kind)}) does not match the expected kind (${kind.kind})`;
    throw new StatusFailure('BadRequest', message);
  }
}

/** Unknown and doubled fields are refused, warned of, or let pass without a word. */
function reportFields(
  caller: Caller,
  kind: KindDefinition,
  unknownFields: readonly UnknownField[],
  { duplicateFields = [], fieldValidation = 'Warn' }: DocumentWriteOptions,
): void {
  if (fieldValidation === 'Ignore') return;
  const found = [
    ...unknownFields.map(toldUnknown),
    ...duplicateFields.map((field) => `duplicate field ${JSON.stringify(field)}`),
  ];
  if (fieldValidation === 'Warn') {
    for (const text of found) caller.warn?.(text);
    return;
  }
  const message = `${kind.kind} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}: strict decoding error: ${found.join(', ')}`;
  throw new StatusFailure('BadRequest', message);
}

function toldUnknown({ field, name, known }: UnknownField): string {
  const nearest = nearestName(name, known);
  return `unknown field ${JSON.stringify(field)}${nearest === undefined ? '' : ` (did you mean "${nearest}"?)`}`;
}

/** Namespace and name of the address are those of the object. */
function placeObject(kind: KindDefinition, address: Address, object: Draft<KubeObject>): void {
  const { metadata } = object;
  if (kind.namespaced) {
    if (address.namespace === undefined) {
      throw new StatusFailure('BadRequest', 'an empty namespace may not be set during creation');
    }
    if (metadata.namespace && metadata.namespace !== address.namespace) {
      const message = `the namespace of the provided object does not match the namespace sent on the request`;
      throw new StatusFailure('BadRequest', message);
    }
    metadata.namespace = address.namespace;
  } else delete metadata.namespace;
  if (address.name === undefined) return;
  if (metadata.name && metadata.name !== address.name) {
    const message = `the name of the object (${metadata.name}) does not match the name on the URL (${address.name})`;
    throw new StatusFailure('BadRequest', message);
  }
  metadata.name = address.name;
}
