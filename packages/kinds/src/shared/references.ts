import { boolean, object, required, type Static, string } from '../machinery/index.ts';
import { coreName } from './openapi-names.ts';

export const objectReference = object(
  {
    apiVersion: string('API version of the object.'),
    kind: string('Kind of the object.'),
    namespace: string('Namespace of the object.'),
    name: string('Name of the object.'),
    uid: string('UID of the object.'),
    resourceVersion: string('Version that is meant, where one is.'),
    fieldPath: string('Part of the object that is meant, such as spec.containers{web}.'),
  },
  'Names another object.',
  { ...coreName('ObjectReference'), atomic: true },
);
export type ObjectReference = Static<typeof objectReference>;

const referenceFields = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'] as const;

/** Field selectors for every part of a reference that stands at `path`: `involvedObject.name`, and so on. */
export function fieldsOfReference<T>(
  path: string,
  referenceOf: (object: T) => ObjectReference | undefined,
): Record<string, (object: T) => string> {
  const selector = (field: (typeof referenceFields)[number]) => (object: T) => referenceOf(object)?.[field] ?? '';
  return Object.fromEntries(referenceFields.map((field) => [`${path}.${field}`, selector(field)]));
}

export const localObjectReference = object(
  { name: string('Name of the object, in the same namespace.') },
  'Names an object of the same namespace.',
  { ...coreName('LocalObjectReference'), atomic: true },
);
export type LocalObjectReference = Static<typeof localObjectReference>;

const typedLocalFields = {
  apiGroup: string('API group of the object; empty for the core group.'),
  kind: required(string('Kind of the object.')),
  name: required(string('Name of the object.')),
};
export const typedLocalObjectReference = object(
  typedLocalFields,
  'Names an object of any kind in the same namespace.',
  {
    ...coreName('TypedLocalObjectReference'),
    atomic: true,
  },
);
export type TypedLocalObjectReference = Static<typeof typedLocalObjectReference>;

export const typedObjectReference = object(
  { ...typedLocalFields, namespace: string('Namespace of the object, where it is another one.') },
  'Names an object of any kind.',
  coreName('TypedObjectReference'),
);
export type TypedObjectReference = Static<typeof typedObjectReference>;

export const secretReference = object(
  { name: string('Name of the Secret.'), namespace: string('Namespace of the Secret.') },
  'Names a Secret of any namespace.',
  { ...coreName('SecretReference'), atomic: true },
);

const keyFields = (holder: string) => ({
  name: string(`Name of the ${holder}.`),
  key: required(string('Key to read.')),
  optional: boolean(`True when the ${holder} or its key may be missing.`),
});
export const configMapKeySelector = object(keyFields('ConfigMap'), 'One key of a ConfigMap.', {
  ...coreName('ConfigMapKeySelector'),
  atomic: true,
});
export const secretKeySelector = object(keyFields('Secret'), 'One key of a Secret.', {
  ...coreName('SecretKeySelector'),
  atomic: true,
});

export const objectFieldSelector = object(
  {
    apiVersion: string('Version of the schema that the path is written in; v1.'),
    fieldPath: required(string('Path of the field, such as metadata.name.')),
  },
  'One field of the object itself.',
  { ...coreName('ObjectFieldSelector'), atomic: true },
);
