import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInKinds } from '@godwit/kinds';
import { WireReader } from '../protobuf/wire-reader.ts';
import { componentName } from './component-name.ts';
import { openapiV2 } from './openapi-v2.ts';
import { openapiV2Protobuf } from './openapi-v2-protobuf.ts';
import { openapiV3 } from './openapi-v3.ts';

function references(text: string, prefix: string): Set<string> {
  return new Set([...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, target = '']) => target.slice(prefix.length)));
}

test('every reference leads somewhere, and no private field gets out', () => {
  const v3 = openapiV3(builtInKinds) as { components: { schemas: Record<string, unknown> } };
  const v3Text = JSON.stringify(v3);
  for (const name of references(v3Text, '#/components/schemas/')) assert.ok(v3.components.schemas[name], name);
  const v2 = openapiV2(builtInKinds);
  const v2Text = JSON.stringify(v2);
  for (const name of references(v2Text, '#/definitions/')) assert.ok(v2.definitions[name], name);
  for (const text of [v2Text, v3Text]) assert.ok(!text.includes('x-godwit-'));
});

test('a patch of every kind says that it takes dryRun and fieldValidation: kubectl looks for that', () => {
  const { paths } = openapiV3(builtInKinds) as { paths: Record<string, Record<string, PatchOperation>> };
  for (const kind of builtInKinds.filter(({ verbs }) => verbs.includes('patch'))) {
    const found = Object.values(paths)
      .map((item) => item.patch)
      .find((patch) => patch?.['x-kubernetes-group-version-kind'].kind === kind.kind);
    const names = found?.parameters.map(({ name }) => name) ?? [];
    assert.ok(names.includes('dryRun') && names.includes('fieldValidation'), kind.kind);
  }
});

interface PatchOperation {
  readonly parameters: readonly { readonly name: string }[];
  readonly 'x-kubernetes-group-version-kind': { readonly kind: string };
}

test('operation ids are unique, as generators of clients need', () => {
  const { paths } = openapiV2(builtInKinds);
  const ids = Object.values(paths).flatMap((item) =>
    Object.values(item as Record<string, { operationId?: string }>).flatMap(({ operationId }) => operationId ?? []),
  );
  assert.deepEqual(
    ids.filter((id, index) => ids.indexOf(id) !== index),
    [],
  );
});

test('components are named as Kubernetes names them', () => {
  const name = (group: string, version: string, kind: string) => componentName({ group, version, kind });
  assert.equal(name('', 'v1', 'Pod'), 'io.k8s.api.core.v1.Pod');
  assert.equal(name('apps', 'v1', 'Deployment'), 'io.k8s.api.apps.v1.Deployment');
  assert.equal(name('rbac.authorization.k8s.io', 'v1', 'Role'), 'io.k8s.api.rbac.v1.Role');
  assert.equal(name('kubevirt.io', 'v1', 'VirtualMachine'), 'io.kubevirt.v1.VirtualMachine');
});

/** The fields of one message by number, each with all it was given. */
function fieldsOf(bytes: Uint8Array): Map<number, Uint8Array[]> {
  const fields = new Map<number, Uint8Array[]>();
  const reader = new WireReader(bytes);
  while (reader.next()) {
    const { field } = reader;
    if (reader.isNumber) reader.skip();
    else fields.set(field, [...(fields.get(field) ?? []), reader.bytes()]);
  }
  return fields;
}

test('the whole v2 document is told in protobuf, too', () => {
  const document = openapiV2(builtInKinds);
  const written = fieldsOf(openapiV2Protobuf(document));
  const inside = (bytes: Uint8Array | undefined, ...path: number[]): Uint8Array =>
    path.reduce(
      (at, field) => fieldsOf(at).get(field)?.[0] ?? assert.fail(`no field ${field}`),
      bytes ?? new Uint8Array(),
    );
  const namesIn = (bytes: Uint8Array[] | undefined) => bytes?.map((entry) => String(Buffer.from(inside(entry, 1))));
  const definitions = fieldsOf(inside(written.get(9)?.[0])).get(1) ?? [];
  assert.deepEqual(namesIn(definitions), Object.keys(document.definitions));
  const paths = fieldsOf(inside(written.get(8)?.[0])).get(2) ?? [];
  assert.deepEqual(namesIn(paths), Object.keys(document.paths));
  const pod = definitions[namesIn(definitions)?.indexOf('io.k8s.api.core.v1.Pod') ?? -1];
  const properties = fieldsOf(inside(pod, 2, 25)).get(1);
  assert.deepEqual(namesIn(properties), ['apiVersion', 'kind', 'metadata', 'spec', 'status']);
  const extension = inside(pod, 2, 31);
  assert.equal(String(Buffer.from(inside(extension, 1))), 'x-kubernetes-group-version-kind');
  assert.equal(String(Buffer.from(inside(extension, 2, 2))), '[{"group":"","version":"v1","kind":"Pod"}]');
});
