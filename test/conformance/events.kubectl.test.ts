import assert from 'node:assert/strict';
import { withEveryKubectl } from './support/every-kubectl.ts';
import type { KubectlSession } from './support/kubectl-session.ts';

interface Seen {
  readonly apiVersion: string;
  readonly note?: string;
  readonly message?: string;
  readonly metadata: { readonly uid: string };
}

/** An event in the form of the core group, seen twice in the last minute. */
function coreEvent({ namespace }: KubectlSession, uid: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'core' },
    involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace, name: 'a', uid },
    type: 'Warning',
    reason: 'Tried',
    message: 'it was tried',
    source: { component: 'tester' },
    firstTimestamp: new Date(Date.now() - 60_000).toISOString(),
    lastTimestamp: new Date().toISOString(),
    count: 2,
  });
}

/** An event in the form of events.k8s.io. */
function newEvent({ namespace }: KubectlSession, uid: string, note = 'it worked'): string {
  return JSON.stringify({
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: 'new' },
    eventTime: '2026-01-01T00:00:00.000000Z',
    reportingController: 'example.com/tester',
    reportingInstance: 'tester-1',
    action: 'Trying',
    type: 'Normal',
    reason: 'Worked',
    regarding: { apiVersion: 'v1', kind: 'Pod', namespace, name: 'a', uid },
    note,
  });
}

async function uidOfPod(session: KubectlSession): Promise<string> {
  return (await session.json<Seen>(['get', 'pod', 'a'])).metadata.uid;
}

withEveryKubectl('events', {
  async 'both forms show the same events'(session) {
    await session.ok(['run', 'a', '--image=web:1']);
    await session.ok(['create', '-f', '-'], coreEvent(session, await uidOfPod(session)));
    await session.ok(['create', '-f', '-'], newEvent(session, await uidOfPod(session)));
    const header = 'LAST SEEN +TYPE +REASON +OBJECT +MESSAGE';
    for (const resource of ['events', 'events.events.k8s.io']) {
      const table = await session.ok(['get', resource]);
      assert.match(table, new RegExp(`^${header}\n`), resource);
      // A minute and what this test has taken since, as kubectl writes it.
      assert.match(
        table,
        /\n\w+ \(x2 over (?:(?:[6-9]\d|1[01]\d)s|\d+m(?:\d+s)?)\) +Warning +Tried +pod\/a +it was tried\n/,
        resource,
      );
      assert.match(table, /\n\w+ +Normal +Worked +pod\/a +it worked\n/, resource);
    }
    const inCore = await session.json<Seen>(['get', 'event', 'new']);
    const inNew = await session.json<Seen>(['get', 'events.events.k8s.io', 'new']);
    assert.deepEqual(
      [inCore.apiVersion, inCore.message, inNew.apiVersion, inNew.note],
      ['v1', 'it worked', 'events.k8s.io/v1', 'it worked'],
    );
    assert.equal(inCore.metadata.uid, inNew.metadata.uid);
  },

  async 'describe and events tell of both'(session) {
    assert.match(await session.ok(['describe', 'pod', 'a']), /Events:[^]*Tried[^]*tester[^]*it was tried/);
    assert.match(await session.ok(['describe', 'pod', 'a']), /Events:[^]*Worked[^]*example.com\/tester[^]*it worked/);
    const told = await session.ok(['events', '--for', 'pod/a']);
    assert.match(told, /Worked/);
    assert.match(told, /Tried/);
    assert.doesNotMatch(await session.ok(['events', '--for', 'pod/b']), /Tried/);
  },

  async 'field selectors of both'(session) {
    const names = async (resource: string, selector: string) =>
      (await session.ok(['get', resource, '--field-selector', selector, '-o', 'name'])).trim().split('\n').sort();
    const both = ['event/core', 'event/new'];
    assert.deepEqual(await names('events', 'involvedObject.name=a,involvedObject.kind=Pod'), both);
    assert.deepEqual(await names('events', 'reportingComponent=example.com/tester'), ['event/new']);
    assert.deepEqual(await names('events', 'source=tester'), ['event/core']);
    const bothNew = both.map((name) => name.replace('event/', 'event.events.k8s.io/'));
    assert.deepEqual(await names('events.events.k8s.io', 'regarding.name=a'), bothNew);
    assert.deepEqual(await names('events.events.k8s.io', 'regarding.name=a,type!=Normal'), [bothNew[0]]);
    assert.match(
      await session.refused(['get', 'events.events.k8s.io', '--field-selector', 'involvedObject.name=a']),
      /field label not supported: involvedObject\.name/,
    );
  },

  async 'a watch of one form sees what is written in the other'(session) {
    const watching = session.start(['get', 'events.events.k8s.io', '--watch', '-o', 'jsonpath={.note}{"\\n"}']);
    await watching.printed(/it was tried/);
    await session.ok(['patch', 'event', 'core', '--type=merge', '-p', '{"message":"it was tried again"}']);
    await watching.printed(/it was tried again/);
    await watching.stop();
    await session.ok(['delete', 'events.events.k8s.io', 'core']);
    assert.match(await session.refused(['get', 'event', 'core']), /NotFound/);
    const works = newEvent(session, await uidOfPod(session), 'it works');
    assert.match(await session.refused(['apply', '--server-side', '-f', '-'], works), /conflict with "kubectl-create"/);
    await session.ok(['apply', '--server-side', '--force-conflicts', '-f', '-'], works);
    assert.equal((await session.json<Seen>(['get', 'event', 'new'])).message, 'it works');
    await session.ok(['delete', 'pod', 'a', '--now']);
  },
});
