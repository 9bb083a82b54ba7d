import type { Cause, KindDefinition, ObjectMeta } from '@godwit/kinds';
import { quoted } from './messages.ts';
import { wrongLabelValue, wrongName, wrongQualifiedName } from './names.ts';

const ANNOTATIONS_LIMIT_BYTES = 256 * 1024;

/** What is wrong with an object's metadata. The schema of metadata has been checked. */
export function metadataCauses(kind: KindDefinition, metadata: ObjectMeta): readonly Cause[] {
  const causes: Cause[] = [];
  checkName(kind, metadata, causes);
  if (metadata.labels) checkLabels(metadata.labels, causes);
  if (metadata.annotations) checkAnnotations(metadata.annotations, causes);
  metadata.finalizers?.forEach((finalizer, index) => {
    const wrong = wrongQualifiedName(finalizer);
    if (wrong) causes.push(invalidValue(`metadata.finalizers[${index}]`, finalizer, wrong));
  });
  if (metadata.ownerReferences) checkOwners(metadata.ownerReferences, causes);
  return causes;
}

function checkName(kind: KindDefinition, { name, generateName }: ObjectMeta, causes: Cause[]): void {
  if (generateName) {
    // What follows the prefix may be a letter, so a prefix may end in '-' or '.'.
    const wrong = wrongName(kind.nameRule, generateName.replace(/[-.]$/, 'x'));
    if (wrong) causes.push(invalidValue('metadata.generateName', generateName, wrong));
  }
  if (!name) {
    const message = 'Required value: name or generateName is required';
    causes.push({ reason: 'FieldValueRequired', field: 'metadata.name', message });
    return;
  }
  const wrong = wrongName(kind.nameRule, name);
  if (wrong) causes.push(invalidValue('metadata.name', name, wrong));
}

function checkLabels(labels: Readonly<Record<string, string>>, causes: Cause[]): void {
  for (const key in labels) {
    const wrongKey = wrongQualifiedName(key);
    if (wrongKey) causes.push(invalidValue('metadata.labels', key, wrongKey));
    const value = labels[key] as string;
    const wrongValue = wrongLabelValue(value);
    if (wrongValue) causes.push(invalidValue('metadata.labels', value, wrongValue));
  }
}

function checkAnnotations(annotations: Readonly<Record<string, string>>, causes: Cause[]): void {
  let size = 0;
  for (const key in annotations) {
    const wrong = wrongQualifiedName(key.toLowerCase());
    if (wrong) causes.push(invalidValue('metadata.annotations', key, wrong));
    size += key.length + byteLength(annotations[key] as string);
  }
  if (size > ANNOTATIONS_LIMIT_BYTES) {
    const message = `Too long: may not be more than ${ANNOTATIONS_LIMIT_BYTES} bytes`;
    causes.push({ reason: 'FieldValueTooLong', field: 'metadata.annotations', message });
  }
}

/** Bytes in UTF-8. Short texts cannot reach the limit whatever they hold, so they are only estimated. */
function byteLength(text: string): number {
  return text.length < 1024 ? text.length : new TextEncoder().encode(text).length;
}

function checkOwners(owners: NonNullable<ObjectMeta['ownerReferences']>, causes: Cause[]): void {
  const required = ['apiVersion', 'kind', 'name', 'uid'] as const;
  owners.forEach((owner, index) => {
    for (const field of required) {
      if (owner[field]) continue;
      const path = `metadata.ownerReferences[${index}].${field}`;
      causes.push({ reason: 'FieldValueInvalid', field: path, message: 'Invalid value: "": must not be empty' });
    }
  });
  if (owners.filter((owner) => owner.controller).length > 1) {
    const message = 'Invalid value: only one reference can have controller set to true';
    causes.push({ reason: 'FieldValueInvalid', field: 'metadata.ownerReferences', message });
  }
}

function invalidValue(field: string, value: unknown, why: string): Cause {
  return { reason: 'FieldValueInvalid', field, message: `Invalid value: ${quoted(value)}: ${why}` };
}
