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
  validateAnnotations,
} from '@godwit/kinds';

const nameRules = { label: dnsLabelFault, subdomain: dnsSubdomainFault, 'path-segment': pathSegmentFault };

/** What is wrong with an object's metadata. The schema of metadata has been checked. @param old what is stored now */
export function metadataCauses(kind: KindDefinition, metadata: ObjectMeta, old?: ObjectMeta): readonly Cause[] {
  const faults = new Faults();
  checkName(kind, metadata, faults);
  if (metadata.labels) checkLabels(metadata.labels, faults);
  validateAnnotations(kind.kind, metadata.annotations, 'metadata.annotations', faults, old?.annotations);
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
