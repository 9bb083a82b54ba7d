import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInKinds } from '@godwit/kinds';
import { componentName } from './component-name.ts';
import { openapiV2 } from './openapi-v2.ts';
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
