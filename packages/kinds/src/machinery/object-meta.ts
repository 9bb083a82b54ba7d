import { anyObject, boolean, int64, listOf, mapOf, object, required, type Static, string, time } from './schema.ts';

const name = (kind: string) => ({ name: `io.k8s.apimachinery.pkg.apis.meta.v1.${kind}` });

export const ownerReference = object(
  {
    apiVersion: required(string('API version of the owner.')),
    kind: required(string('Kind of the owner.')),
    name: required(string('Name of the owner.')),
    uid: required(string('UID of the owner.')),
    controller: boolean('True for the one owner that manages this object.'),
    blockOwnerDeletion: boolean('Foreground deletion of the owner waits for this object.'),
  },
  'An object that this one belongs to. When all owners are gone, this object is collected.',
  { ...name('OwnerReference'), atomic: true },
);

export const managedFieldsEntry = object(
  {
    manager: string('Who manages these fields.'),
    operation: string('Apply or Update.'),
    apiVersion: string('Version in which the fields are written down.'),
    time: time('When the fields were last changed.'),
    fieldsType: string('Always FieldsV1.'),
    fieldsV1: anyObject('The set of fields, as a tree of field names.'),
    subresource: string('Subresource through which the fields were changed.'),
  },
  'Who manages which fields, for server-side apply.',
  name('ManagedFieldsEntry'),
);

export const objectMeta = object(
  {
    name: string('Unique within the namespace; cannot be changed.'),
    generateName: string('Prefix of a name that the server completes when name is empty.'),
    namespace: string('Namespace that the object lives in.'),
    uid: string('Identity of this object over its whole life, given by the server.'),
    resourceVersion: string('Opaque version of this object, for optimistic concurrency and watches.'),
    generation: int64('Counts the changes of the desired state.'),
    creationTimestamp: time('When the object was created.'),
    deletionTimestamp: time('When the object will be gone; set by the server on graceful deletion.'),
    deletionGracePeriodSeconds: int64('Seconds that the object has to end by itself.'),
    labels: mapOf(string(), 'Keys and values to select objects by.'),
    annotations: mapOf(string(), 'Keys and values that tools keep with the object.'),
    ownerReferences: listOf(ownerReference, 'Objects that this one belongs to.', { keys: ['uid'] }),
    finalizers: listOf(string(), 'Who must still act before the object may go.', { set: true }),
    managedFields: listOf(managedFieldsEntry, 'Who manages which fields.'),
    selfLink: string('No longer used.'),
  },
  'What every object has: its name, its identity and what belongs to its life.',
  name('ObjectMeta'),
);

export type ObjectMeta = Static<typeof objectMeta>;
export type OwnerReference = Static<typeof ownerReference>;
export type ManagedFieldsEntry = Static<typeof managedFieldsEntry>;

/** Any object of the API. Immutable and shared: copy before you change. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/** An object as the server gives it: identity and version are there. */
export type Stored<T extends KubeObject> = T & {
  readonly metadata: ObjectMeta & {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly creationTimestamp: string;
  };
};
