import {
  type Cause,
  dnsLabelFault,
  dnsSubdomainFault,
  Faults,
  type KindDefinition,
  labelValueFault,
  type ObjectMeta,
  pathSegmentFault,
  qualifiedNameFault,
} from '@godwit/kinds';

const ANNOTATIONS_LIMIT_BYTES = 256 * 1024;

const nameRules = { label: dnsLabelFault, subdomain: dnsSubdomainFault, 'path-segment': pathSegmentFault };

/** What is wrong with an object's metadata. The schema of metadata has been checked. */
export function metadataCauses(kind: KindDefinition, metadata: ObjectMeta): readonly Cause[] {
  const faults = new Faults();
  checkName(kind, metadata, faults);
  if (metadata.labels) checkLabels(metadata.labels, faults);
  if (metadata.annotations) checkAnnotations(metadata.annotations, faults);
  metadata.finalizers?.forEach((finalizer, index) => {
    faults.check(`metadata.finalizers[${index}]`, finalizer, qualifiedNameFault);
  });
  if (metadata.ownerReferences) checkOwners(metadata.ownerReferences, faults);
  return faults.causes;
}

function checkName(kind: KindDefinition, { name, generateName }: ObjectMeta, faults: Faults): void {
  const rule = nameRules[kind.nameRule];
  // What follows the prefix is a letter or digit, so a prefix may end in '-' or '.'.
  if (generateName) faults.check('metadata.generateName', generateName, (prefix) => rule(prefix.replace(/[-.]$/, 'x')));
  if (!name) faults.required('metadata.name', 'name or generateName is required');
  else faults.check('metadata.name', name, rule);
}

function checkLabels(labels: Readonly<Record<string, string>>, faults: Faults): void {
  for (const key in labels) {
    faults.check('metadata.labels', key, qualifiedNameFault);
    faults.check('metadata.labels', labels[key] as string, labelValueFault);
  }
}

function checkAnnotations(annotations: Readonly<Record<string, string>>, faults: Faults): void {
  let size = 0;
  for (const key in annotations) {
    faults.check('metadata.annotations', key.toLowerCase(), qualifiedNameFault);
    size += key.length + byteLength(annotations[key] as string);
  }
  if (size > ANNOTATIONS_LIMIT_BYTES) faults.tooLong('metadata.annotations', ANNOTATIONS_LIMIT_BYTES);
}

/** Bytes in UTF-8. Short texts cannot reach the limit whatever they hold, so they are only estimated. */
function byteLength(text: string): number {
  return text.length < 1024 ? text.length : new TextEncoder().encode(text).length;
}

function checkOwners(owners: NonNullable<ObjectMeta['ownerReferences']>, faults: Faults): void {
  owners.forEach((owner, index) => {
    for (const field of ['apiVersion', 'kind', 'name', 'uid'] as const) {
      if (!owner[field]) faults.invalid(`metadata.ownerReferences[${index}].${field}`, '', 'must not be empty');
    }
  });
  if (owners.filter((owner) => owner.controller).length > 1) {
    faults.invalid('metadata.ownerReferences', owners, 'only one reference can have controller set to true');
  }
}
