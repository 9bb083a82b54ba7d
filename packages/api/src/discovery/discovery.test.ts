import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInKinds } from '@godwit/kinds';
import { KindRegistry } from '../operations/kind-registry.ts';
import { aggregatedDiscovery } from './aggregated-discovery.ts';
import { compareVersions, groupsOf } from './groups.ts';
import { apiGroupList, apiResourceList } from './plain-discovery.ts';

const registry = new KindRegistry(builtInKinds);

test('every kind is found in both forms of discovery, under the same names', () => {
  const groups = groupsOf(registry);
  const aggregated = aggregatedDiscovery(groups, 'v2') as {
    items: { metadata: { name?: string }; versions: { version: string; resources: { resource: string }[] }[] }[];
  };
  for (const kind of registry.all) {
    const group = groups.find(({ name }) => name === kind.group);
    const served = group?.versions.find(({ version }) => version === kind.version);
    assert.ok(served, kind.kind);
    const list = apiResourceList(served) as { resources: { name: string; kind: string }[] };
    assert.ok(
      list.resources.some(({ name }) => name === kind.plural),
      kind.kind,
    );
    const item = aggregated.items.find(({ metadata }) => (metadata.name ?? '') === kind.group);
    const version = item?.versions.find((candidate) => candidate.version === kind.version);
    assert.ok(
      version?.resources.some(({ resource }) => resource === kind.plural),
      kind.kind,
    );
  }
});

test('the core group is not among the named ones, and comes first', () => {
  const groups = groupsOf(registry);
  assert.equal(groups[0]?.name, '');
  const { groups: named } = apiGroupList(groups) as {
    groups: { name: string; preferredVersion: { version: string } }[];
  };
  assert.ok(named.every(({ name }) => name !== ''));
  assert.equal(named.find(({ name }) => name === 'apps')?.preferredVersion.version, 'v1');
});

test('versions are preferred by stability, then by number', () => {
  const sorted = ['v1alpha3', 'v2beta1', 'v1', 'v10', 'v2', 'v1beta2'].sort(compareVersions);
  assert.deepEqual(sorted, ['v10', 'v2', 'v1', 'v2beta1', 'v1beta2', 'v1alpha3']);
});
