import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Door, KubeObject } from '@godwit/kinds';
import type { Loose } from './testing/loose.ts';
import { configMap, configMaps, openDoor } from './testing/open-door.ts';

const deployments = { group: 'apps', version: 'v1', plural: 'deployments', namespace: 'default' };

function web(spec: object = {}): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'main', image: 'myapp:1' }] },
      },
      ...spec,
    },
  } as unknown as KubeObject;
}

async function apply(door: Door, body: unknown, fieldManager: string, force = false): Promise<Loose> {
  return door.patch({ ...deployments, name: 'web' }, { type: 'apply', body, force }, { fieldManager });
}

const entries = (object: Loose) =>
  object.metadata.managedFields.map((entry: Loose) =>
    `${entry.manager} ${entry.operation} ${entry.subresource ?? ''}`.trim(),
  );

test('an apply makes what is missing and is then idempotent', async () => {
  const { door } = await openDoor();
  const made = await apply(door, web({ replicas: 2 }), 'me');
  assert.equal(made.spec.replicas, 2);
  assert.deepEqual(entries(made), ['me Apply']);
  const again = await apply(door, web({ replicas: 2 }), 'me');
  assert.equal(again.metadata.resourceVersion, made.metadata.resourceVersion);
});

test('who applies what another applies differently is told about it, and may force it', async () => {
  const { door } = await openDoor();
  await apply(door, web({ replicas: 2 }), 'one');
  await assert.rejects(apply(door, web({ replicas: 3 }), 'two'), (error: Loose) => {
    assert.equal(error.code, 'Conflict');
    assert.equal(error.message, 'Apply failed with 1 conflict: conflict with "one": .spec.replicas');
    assert.deepEqual(error.statusDetails.causes, [
      { reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.spec.replicas' },
    ]);
    return true;
  });
  const shared = await apply(door, web({ replicas: 2 }), 'two');
  assert.deepEqual(entries(shared), ['one Apply', 'two Apply']);
  const forced = await apply(door, web({ replicas: 3 }), 'two', true);
  assert.equal(forced.spec.replicas, 3);
  const one = forced.metadata.managedFields.find((entry: Loose) => entry.manager === 'one');
  assert.equal(one.fieldsV1['f:spec']['f:replicas'], undefined);
});

test('a field that nobody applies any more goes, one that another has stays', async () => {
  const { door } = await openDoor();
  await apply(door, web({ minReadySeconds: 5, replicas: 2 }), 'one');
  await apply(door, { ...web(), spec: { replicas: 2 } }, 'two');
  const left = await apply(door, web(), 'one');
  assert.equal(left.spec.minReadySeconds, undefined);
  assert.equal(left.spec.replicas, 2);
});

test('an update takes over what it changes, and scale is a manager of its own', async () => {
  const { door } = await openDoor();
  await apply(door, web({ replicas: 2 }), 'one');
  const address = { ...deployments, name: 'web' };
  const scale: Loose = await door.get({ ...address, subresource: 'scale' });
  assert.deepEqual(scale.spec, { replicas: 2 });
  assert.equal(scale.status.selector, 'app=web');
  await door.update(
    { ...address, subresource: 'scale' },
    { ...scale, spec: { replicas: 4 } },
    { fieldManager: 'kubectl' },
  );
  const scaled: Loose = await door.get(address);
  assert.equal(scaled.spec.replicas, 4);
  assert.deepEqual(entries(scaled), ['one Apply', 'kubectl Update scale']);
  await assert.rejects(apply(door, web({ replicas: 2 }), 'one'), { code: 'Conflict' });
  const without = await apply(door, web(), 'one');
  assert.equal(without.spec.replicas, 4);
});

test('status and the rest are managed apart', async () => {
  const { door } = await openDoor();
  await apply(door, web(), 'one');
  const status = { ...web(), status: { replicas: 1 }, spec: undefined };
  const address = { ...deployments, name: 'web', subresource: 'status' };
  const written: Loose = await door.patch(address, { type: 'apply', body: status }, { fieldManager: 'controller' });
  assert.equal(written.status.replicas, 1);
  assert.deepEqual(entries(written).sort(), ['controller Apply status', 'one Apply']);
});

test('tools may hand fields over, and everything may be forgotten', async () => {
  const { door } = await openDoor();
  const made: Loose = await door.create(configMaps, configMap('one', { a: '1' }), { fieldManager: 'client-side' });
  const address = { ...configMaps, name: 'one' };
  const handed = [{ ...made.metadata.managedFields[0], manager: 'kubectl', operation: 'Apply' }];
  const patch = [{ op: 'replace', path: '/metadata/managedFields', value: handed }] as const;
  const after: Loose = await door.patch(address, { type: 'json', body: patch }, { fieldManager: 'kubectl' });
  assert.deepEqual(entries(after), ['kubectl Apply']);
  const reset: Loose = await door.patch(address, { type: 'merge', body: { metadata: { managedFields: [{}] } } });
  assert.equal(reset.metadata.managedFields, undefined);
});

test('an apply says who applies, what kind, and nothing that it does not know', async () => {
  const { door } = await openDoor();
  const address = { ...deployments, name: 'web' };
  await assert.rejects(door.patch(address, { type: 'apply', body: web() }), { code: 'Invalid' });
  await assert.rejects(apply(door, { spec: {} }, 'me'), { code: 'BadRequest' });
  const unknown = { ...web(), spec: { replica: 2 } };
  const options = { fieldManager: 'me', fieldValidation: 'Strict' } as const;
  await assert.rejects(door.patch(address, { type: 'apply', body: unknown }, options), /unknown field "spec.replica"/);
  await assert.rejects(apply(door, { ...web(), spec: { replicas: 2 } }, 'me'), { code: 'Invalid' });
});
