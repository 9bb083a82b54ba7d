import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInKinds, type JsonSchema, type KindDefinition, subresourceKinds } from '@godwit/kinds';
import * as models from '@kubernetes/client-node';

interface Attribute {
  readonly baseName: string;
  readonly type: string;
  readonly format: string;
}

/** Names of models that differ from the kind's. */
const modelNames: Readonly<Record<string, string>> = {
  'v1/Event': 'CoreV1Event',
  'events.k8s.io/v1/Event': 'EventsV1Event',
  'authentication.k8s.io/v1/TokenRequest': 'AuthenticationV1TokenRequest',
};

/** Fields whose insides are kept as they are, on purpose. */
const opaque = new Set([
  'fieldsV1',
  'volumeStatus',
  'extendedResourceClaimStatus',
  'nodeAllocatableResourceClaimStatuses',
]);

function attributesOf(model: string): readonly Attribute[] | undefined {
  const found = (models as unknown as Record<string, { getAttributeTypeMap?: () => Attribute[] } | undefined>)[model];
  return found?.getAttributeTypeMap?.();
}

/** What a scalar of ours is called in the client. */
function scalarOf(schema: JsonSchema): string {
  if (schema['x-kubernetes-int-or-string']) return schema.format === 'quantity' ? 'string' : 'IntOrString';
  if (schema.type === 'integer' || schema.type === 'number') return 'number';
  if (schema.type === 'string' && schema.format === 'date-time') return 'Date';
  return schema.type ?? 'any';
}

function compare(schema: JsonSchema, type: string, path: string, faults: string[]): void {
  const item = /^Array<(.*)>$/.exec(type)?.[1];
  const value = /^\{ \[key: string\]: (.*); \}$/.exec(type)?.[1];
  if (item) {
    if (!schema.items) faults.push(`${path}: ${type} expected`);
    else compare(schema.items, item, `${path}[]`, faults);
  } else if (value) {
    if (!schema.additionalProperties) faults.push(`${path}: ${type} expected`);
    else compare(schema.additionalProperties, value, `${path}{}`, faults);
  } else if (attributesOf(type)) compareObject(schema, type, path, faults);
  else {
    const ours = scalarOf(schema);
    const theirs = type === 'V1MicroTime' || type === 'Date' ? 'Date' : type;
    if (ours !== theirs) faults.push(`${path}: ${ours}, but the client says ${type}`);
  }
}

function compareObject(schema: JsonSchema, model: string, path: string, faults: string[]): void {
  const properties = schema.properties ?? {};
  const attributes = attributesOf(model) ?? [];
  const known = new Set(attributes.map((attribute) => attribute.baseName));
  for (const name of Object.keys(properties)) {
    // Old fields that a newer client no longer knows are kept for older ones.
    if (!known.has(name)) faults.push(`${path}.${name}: unknown to the client`);
  }
  for (const { baseName, type } of attributes) {
    const property = properties[baseName];
    if (!property) faults.push(`${path}.${baseName}: missing (${type})`);
    else if (!opaque.has(baseName)) compare(property, type, `${path}.${baseName}`, faults);
  }
}

function modelOf(kind: KindDefinition): string {
  const version = kind.version.charAt(0).toUpperCase() + kind.version.slice(1);
  const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
  return modelNames[`${apiVersion}/${kind.kind}`] ?? `${version}${kind.kind}`;
}

for (const kind of [...builtInKinds, ...subresourceKinds]) {
  // Groups of which the client has no models.
  if (/(^|\.)kubevirt\.io$|^godwit\.dev$|^metrics\.k8s\.io$/.test(kind.group)) continue;
  test(`the fields of ${kind.group}/${kind.version} ${kind.kind} are those that the official client knows`, () => {
    const model = modelOf(kind);
    const attributes = attributesOf(model)?.filter(
      ({ baseName }) => !['apiVersion', 'kind', 'metadata'].includes(baseName),
    );
    assert.ok(attributes, `the client has no model ${model}`);
    const faults: string[] = [];
    const properties = kind.body.json.properties ?? {};
    for (const { baseName, type } of attributes) {
      const property = properties[baseName];
      if (!property) faults.push(`${baseName}: missing`);
      else compare(property, type, baseName, faults);
    }
    assert.deepEqual(faults, []);
  });
}
