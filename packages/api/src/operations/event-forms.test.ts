import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StatusFailure } from '@godwit/kinds';
import { openDoor, user } from './testing/open-door.ts';

const coreEvents = { group: '', version: 'v1', plural: 'events', namespace: 'default' };
const newEvents = { ...coreEvents, group: 'events.k8s.io' };
const about = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', namespace: 'default', name });

const coreEvent = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name },
  involvedObject: about('a'),
  reason: 'Pulled',
  message: 'the image is there',
  source: { component: 'agent', host: 'one' },
  firstTimestamp: '2026-01-01T00:00:00Z',
  lastTimestamp: '2026-01-01T00:05:00Z',
  count: 3,
  type: 'Normal',
});

const newEvent = (name: string, more: object = {}) => ({
  apiVersion: 'events.k8s.io/v1',
  kind: 'Event',
  metadata: { name },
  eventTime: '2026-01-01T00:00:00.000000Z',
  reportingController: 'example.com/ringer',
  reportingInstance: 'ringer-1',
  action: 'Ringing',
  reason: 'Rang',
  regarding: about('b'),
  note: 'the bell rang',
  type: 'Warning',
  ...more,
});

test('an event is read in both forms, whichever it was written in', async () => {
  const { door } = await openDoor();
  await door.create(coreEvents, coreEvent('pulled'));
  await door.create(
    newEvents,
    newEvent('rang', { series: { count: 4, lastObservedTime: '2026-01-01T00:09:00.000000Z' } }),
  );
  const { metadata: _m, ...pulled } = await door.get({ ...newEvents, name: 'pulled' });
  assert.deepEqual(pulled, {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    regarding: about('a'),
    reason: 'Pulled',
    note: 'the image is there',
    deprecatedSource: { component: 'agent', host: 'one' },
    deprecatedFirstTimestamp: '2026-01-01T00:00:00Z',
    deprecatedLastTimestamp: '2026-01-01T00:05:00Z',
    deprecatedCount: 3,
    type: 'Normal',
  });
  const { metadata, ...rang } = await door.get({ ...coreEvents, name: 'rang' });
  assert.deepEqual(rang, {
    apiVersion: 'v1',
    kind: 'Event',
    eventTime: '2026-01-01T00:00:00.000000Z',
    reportingComponent: 'example.com/ringer',
    reportingInstance: 'ringer-1',
    action: 'Ringing',
    reason: 'Rang',
    involvedObject: about('b'),
    message: 'the bell rang',
    type: 'Warning',
    series: { count: 4, lastObservedTime: '2026-01-01T00:09:00.000000Z' },
  });
  const same = await door.get({ ...newEvents, name: 'rang' });
  assert.deepEqual([same.metadata.uid, same.metadata.resourceVersion], [metadata.uid, metadata.resourceVersion]);
});

test('each form has its own field selectors over the same events', async () => {
  const { door } = await openDoor();
  await door.create(coreEvents, coreEvent('pulled'));
  await door.create(newEvents, newEvent('rang'));
  const names = async (address: object, fieldSelector: string) =>
    (await door.list(address as typeof coreEvents, { fieldSelector })).items.map(({ metadata }) => metadata.name);
  assert.deepEqual(await names(newEvents, 'regarding.name=a'), ['pulled']);
  assert.deepEqual(await names(newEvents, 'reportingController=example.com/ringer'), ['rang']);
  assert.deepEqual(await names(coreEvents, 'involvedObject.name=b,involvedObject.kind=Pod'), ['rang']);
  assert.deepEqual(await names(coreEvents, 'source=example.com/ringer'), ['rang']);
  await assert.rejects(names(newEvents, 'involvedObject.name=a'), /field label not supported: involvedObject\.name/);
});

test('a watch of one form sees what is done in the other, also from long ago', async () => {
  const { door } = await openDoor();
  const { resourceVersion } = await door.list(newEvents);
  const watched = (since: string, count: number) =>
    seenBy(door.watch(newEvents, { resourceVersion: since }, AbortSignal.timeout(5_000)), count);
  const live = watched(resourceVersion, 3);
  await door.create(coreEvents, coreEvent('pulled'));
  const patch = {
    type: 'merge',
    body: { note: 'the image came', series: { count: 9, lastObservedTime: '2026-01-01T00:09:00.000000Z' } },
  } as const;
  await door.patch({ ...newEvents, name: 'pulled' }, patch);
  assert.equal(((await door.get({ ...coreEvents, name: 'pulled' })) as { message?: string }).message, 'the image came');
  await door.delete({ ...coreEvents, name: 'pulled' });
  const seen = ['ADDED the image is there', 'MODIFIED the image came', 'DELETED the image came'];
  assert.deepEqual(await live, seen);
  for (let count = 0; count < 600; count++) await door.create(coreEvents, coreEvent(`later-${count}`));
  assert.deepEqual(await watched(resourceVersion, 3), seen, 'from the log of the store');
});

async function seenBy(
  watch: AsyncIterable<{ readonly type: string; readonly object: object }>,
  count: number,
): Promise<readonly string[]> {
  const seen: string[] = [];
  for await (const { type, object } of watch) {
    seen.push(`${type} ${(object as { note?: string }).note}`);
    if (seen.length === count) break;
  }
  return seen;
}

test('pages of one form stand still while the other is written', async () => {
  const { door } = await openDoor();
  for (const name of ['a', 'b', 'c']) await door.create(coreEvents, coreEvent(name));
  const first = await door.list(newEvents, { limit: 2 });
  await door.create(coreEvents, coreEvent('bb'));
  await door.create(newEvents, newEvent('d'));
  const rest = await door.list(newEvents, { limit: 2, continue: first.continue as string });
  assert.deepEqual(
    [...first.items, ...rest.items].map(({ apiVersion, metadata }) => `${apiVersion} ${metadata.name}`),
    ['events.k8s.io/v1 a', 'events.k8s.io/v1 b', 'events.k8s.io/v1 c'],
  );
});

test('rights are those of the form in which somebody asks', async () => {
  const { door, operations } = await openDoor();
  const role = 'rbac.authorization.k8s.io';
  const rules = [{ apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'list', 'delete'] }];
  const metadata = { name: 'rings', namespace: 'default' };
  await door.create({ group: role, version: 'v1', plural: 'roles', namespace: 'default' }, { metadata, rules });
  const roleRef = { apiGroup: role, kind: 'Role', name: 'rings' };
  const subjects = [{ apiGroup: role, kind: 'User', name: 'ringer' }];
  await door.create(
    { group: role, version: 'v1', plural: 'rolebindings', namespace: 'default' },
    { metadata, roleRef, subjects },
  );
  const ringer = operations.as(user('ringer'));
  await ringer.create(newEvents, newEvent('rang'));
  assert.equal((await ringer.list(newEvents)).items.length, 1);
  await assert.rejects(ringer.list(coreEvents), isRefusal('Forbidden'));
  await ringer.delete({ ...newEvents, name: 'rang' });
  assert.equal((await door.list(coreEvents)).items.length, 0);
});

test('a new event in events.k8s.io says all that the form asks for', async () => {
  const { door } = await openDoor();
  const refused = (more: object, field: string) =>
    assert.rejects(door.create(newEvents, newEvent('rang', more)), (error: unknown) => {
      assert.ok(error instanceof StatusFailure && error.reason === 'Invalid', String(error));
      assert.deepEqual(
        error.statusDetails?.causes?.map((cause) => cause.field),
        [field],
      );
      return true;
    });
  await refused({ eventTime: undefined }, 'eventTime');
  await refused({ type: 'Loud' }, 'type');
  await refused({ reportingController: 'no controller' }, 'reportingController');
  await refused({ action: 'a'.repeat(129) }, 'action');
  await refused({ note: 'n'.repeat(1025) }, 'note');
  await refused({ deprecatedCount: 3 }, 'deprecatedCount');
  await refused({ deprecatedSource: { host: 'one' } }, 'deprecatedSource');
  // As clients in Go write what they do not say.
  const empty = {
    deprecatedSource: {},
    deprecatedFirstTimestamp: null,
    deprecatedLastTimestamp: null,
    deprecatedCount: 0,
  };
  await door.create(newEvents, newEvent('empty', { ...empty, related: null, series: null }));
  await door.create(newEvents, newEvent('rang'));
  await assert.rejects(door.create(coreEvents, coreEvent('rang')), isRefusal('AlreadyExists'));
});

function isRefusal(reason: StatusFailure['reason']) {
  return (error: unknown) => error instanceof StatusFailure && error.reason === reason;
}

test('what is refused is told of the form that was asked', async () => {
  const { door } = await openDoor();
  await door.create(coreEvents, coreEvent('known'));
  const failureOf = async (asked: Promise<unknown>) => {
    const error = await asked.then(
      () => assert.fail('it was not refused'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof StatusFailure);
    const { group, kind } = error.statusDetails ?? {};
    return [error.reason, error.message, group, kind];
  };
  const resource = 'events.events.k8s.io';
  assert.deepEqual(await failureOf(door.create(newEvents, newEvent('known'))), [
    'AlreadyExists',
    `${resource} "known" already exists`,
    'events.k8s.io',
    'events',
  ]);
  const missing = ['NotFound', `${resource} "nobody" not found`, 'events.k8s.io', 'events'];
  const nobody = { ...newEvents, name: 'nobody' };
  assert.deepEqual(await failureOf(door.get(nobody)), missing);
  assert.deepEqual(await failureOf(door.delete(nobody)), missing);
  assert.deepEqual(await failureOf(door.update(nobody, newEvent('nobody'))), missing);
  assert.deepEqual(await failureOf(door.patch(nobody, { type: 'merge', body: { note: 'again' } })), missing);
  assert.deepEqual(await failureOf(door.create(coreEvents, coreEvent('known'))), [
    'AlreadyExists',
    'events "known" already exists',
    undefined,
    'events',
  ]);
});
