import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anyKind, type Decision, decision, type KubeObject, pod as podKind, StatusFailure } from '@godwit/kinds';
import { openDoor, pod, pods, user } from '../operations/testing/open-door.ts';
import type { DerivedKind } from './derived-hub.ts';

const decisions = { group: 'godwit.dev', version: 'v1alpha1', plural: 'decisions', namespace: 'default' };

/** One decision for each word in an annotation. */
const words: DerivedKind = {
  kind: anyKind(decision),
  sources: [anyKind(podKind)],
  read: ({ apiVersion, kind, metadata }) =>
    (metadata.annotations?.words ?? '')
      .split(' ')
      .filter((word) => word !== '')
      .map((word) => ({
        namespace: metadata.namespace ?? '',
        name: `${metadata.name}.${word}`,
        expand: () =>
          ({
            apiVersion: 'godwit.dev/v1alpha1',
            kind: 'Decision',
            metadata: { name: `${metadata.name}.${word}`, namespace: metadata.namespace },
            action: 'Place',
            subject: { apiVersion, kind, name: metadata.name },
            chosen: { name: word },
            explanation: '',
          }) as unknown as KubeObject,
      })),
};

async function cloud() {
  const opened = await openDoor({ derived: [words] });
  const { door } = opened;
  const say = (name: string, text: string) =>
    door.patch({ ...pods, name }, { type: 'merge', body: { metadata: { annotations: { words: text } } } });
  await door.create(pods, pod('a', { annotations: { words: 'one two' } }));
  await door.create(pods, pod('b'));
  const names = async (fieldSelector?: string) =>
    (await door.list(decisions, fieldSelector === undefined ? {} : { fieldSelector })).items.map(
      ({ metadata }) => metadata.name,
    );
  return { ...opened, say, names };
}

test('what stands in other objects is listed, read and selected as if it were stored', async () => {
  const { door, names } = await cloud();
  assert.deepEqual(await names(), ['a.one', 'a.two']);
  assert.deepEqual(await names('chosen.name=two'), ['a.two']);
  const one = (await door.get({ ...decisions, name: 'a.one' })) as unknown as Decision;
  assert.equal(one.chosen.name, 'one');
  assert.match(one.metadata.resourceVersion ?? '', /^\d+$/);
  const page = await door.list(decisions, { limit: 1 });
  assert.deepEqual([page.items.length, typeof page.continue], [1, 'string']);
});

test('it changes with them', async () => {
  const { door, say, names } = await cloud();
  assert.equal((await names()).length, 2);
  await say('a', 'two three');
  await say('b', 'four');
  assert.deepEqual(await names(), ['a.three', 'a.two', 'b.four']);
  await door.delete({ ...pods, name: 'a' }, { gracePeriodSeconds: 0 });
  assert.deepEqual(await names(), ['b.four']);
});

test('watches see it come and go; from before what is known they have to list again', async () => {
  const { door, say, names } = await cloud();
  await names();
  const { resourceVersion } = await door.list(decisions);
  const stop = new AbortController();
  const seen: string[] = [];
  const watching = (async () => {
    for await (const { type, object } of door.watch(decisions, { resourceVersion }, stop.signal)) {
      seen.push(`${type} ${(object as KubeObject).metadata.name}`);
      if (seen.length === 3) return;
    }
  })();
  await say('b', 'new');
  await say('a', 'one');
  await say('b', '');
  await watching;
  stop.abort();
  assert.deepEqual(seen, ['ADDED b.new', 'DELETED a.two', 'DELETED b.new']);
  await assert.rejects(
    async () => {
      for await (const _ of door.watch(decisions, { resourceVersion: '1' }, new AbortController().signal)) break;
    },
    (error: unknown) => error instanceof StatusFailure && error.reason === 'Expired',
  );
});

test('nobody writes it, and only who may read sees it', async () => {
  const { door, operations } = await cloud();
  const refused = (reason: string) => (error: unknown) => error instanceof StatusFailure && error.reason === reason;
  await assert.rejects(door.create(decisions, { metadata: { name: 'x' } }), refused('MethodNotAllowed'));
  await assert.rejects(door.delete({ ...decisions, name: 'a.one' }), refused('MethodNotAllowed'));
  await assert.rejects(operations.as(user('stranger')).list(decisions), refused('Forbidden'));
});
