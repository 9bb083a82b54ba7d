import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '@godwit/kinds';
import { load } from 'js-yaml';
import { machineManifests } from './testing/machine-manifests.ts';
import { openDoor } from './testing/open-door.ts';

test('manifests in the shapes of KubeVirt’s examples are accepted as they are', async () => {
  const { door, operations, warnings } = await openDoor();
  for (const [what, text] of Object.entries(machineManifests)) {
    const object = load(text) as KubeObject;
    const kind = operations.kinds.named(object.apiVersion, object.kind);
    assert.ok(kind, `${what}: ${object.apiVersion} ${object.kind}`);
    const { group, version, plural } = kind;
    const address = { group, version, plural, ...(kind.namespaced && { namespace: 'default' }) };
    const stored = await door
      .create(address, object, { fieldValidation: 'Strict' })
      .catch((error: unknown) => assert.fail(`${what}: ${error}\n${text}`));
    assert.equal(stored.metadata.name, object.metadata.name);
  }
  assert.deepEqual(warnings, []);
});
