import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type Duplex, duplexPair } from 'node:stream';
import { test } from 'node:test';
import { type Failure, hasCode, VirtualClock } from '@godwit/base';
import { type QmpEvent, QmpSession } from './session.ts';

const GREETING = '{"QMP":{"version":{"qemu":{"major":7,"minor":2,"micro":0}},"capabilities":["oob"]}}\r\n';

/** A peer that speaks QMP from a script: it greets, answers the capabilities, and leaves the rest to the test. */
async function scripted(): Promise<{
  session: QmpSession;
  peer: Duplex;
  clock: VirtualClock;
  events: QmpEvent[];
  closings: Failure[];
  /** The next request. */
  request: () => Promise<{ execute: string; id: number }>;
}> {
  const [near, peer] = duplexPair();
  const clock = new VirtualClock();
  const events: QmpEvent[] = [];
  const closings: Failure[] = [];
  const requests: { execute: string; id: number }[] = [];
  let waiting: (() => void) | undefined;
  peer.on('data', (bytes: Buffer) => {
    for (const line of bytes.toString().trim().split('\n')) requests.push(JSON.parse(line));
    waiting?.();
  });
  const request = async () => {
    while (requests.length === 0) await new Promise<void>((resolve) => (waiting = resolve));
    return requests.shift() as { execute: string; id: number };
  };
  peer.write(GREETING);
  const opening = QmpSession.open(near, {
    clock,
    onEvent: (event) => events.push(event),
    onClose: (reason) => closings.push(reason),
  });
  const { execute, id } = await request();
  assert.equal(execute, 'qmp_capabilities');
  peer.write(`{"return":{},"id":${id}}\n`);
  return { session: await opening, peer, clock, events, closings, request };
}

test('replies are matched by id, whatever their order, and a slow command holds up no other', async () => {
  const { session, peer, request } = await scripted();
  const slow = session.execute('device_add', { driver: 'pc-dimm', id: 'm1' });
  const quick = session.execute('query-status');
  const first = await request();
  const second = await request();
  peer.write(`{"return":{"status":"running","running":true},"id":${second.id}}\n`);
  assert.deepEqual(await quick, { status: 'running', running: true });
  peer.write(`{"return":{},"id":${first.id}}\n`);
  assert.deepEqual(await slow, {});
});

test('an event between request and reply is told first', async () => {
  const { session, peer, events, request } = await scripted();
  const stopped = session.execute('stop');
  const { id } = await request();
  peer.write(`{"timestamp":{"seconds":5,"microseconds":7000},"event":"STOP"}\n{"return":{},"id":${id}}\n`);
  await stopped;
  assert.deepEqual(events, [{ name: 'STOP', data: {}, timestampMs: 5007 }]);
});

test('a message cut into single bytes arrives whole', async () => {
  const { session, peer, request } = await scripted();
  const asked = session.execute('query-balloon');
  const { id } = await request();
  for (const byte of Buffer.from(`{"return":{"actual":1234},"id":${id},"note":"ü"}\n`)) peer.write(Buffer.of(byte));
  assert.deepEqual(await asked, { actual: 1234 });
});

test('a reply of 1 MiB is read', async () => {
  const { session, peer, request } = await scripted();
  const asked = session.execute('query-qmp-schema');
  const { id } = await request();
  const schema = [{ text: 'x'.repeat(1024 * 1024) }];
  peer.write(JSON.stringify({ return: schema, id }) + '\n');
  assert.deepEqual(await asked, schema);
});

test('no reply in time is qmp-timeout, and the late reply is counted and harms nobody', async () => {
  const { session, peer, clock, request } = await scripted();
  const lost = session.execute('query-status', undefined, 50);
  const { id } = await request();
  const outcome = assert.rejects(lost, (error) => hasCode(error, 'qmp-timeout'));
  await clock.advance(50, () => Promise.resolve());
  await outcome;
  peer.write(`{"return":{"status":"running","running":true},"id":${id}}\n`);
  const next = session.execute('query-kvm');
  peer.write(`{"return":{"enabled":false,"present":true},"id":${(await request()).id}}\n`);
  assert.equal((await next).enabled, false);
  assert.equal(session.lateReplies, 1);
});

test('a refusal is qmp-error with the class that QEMU named', async () => {
  const { session, peer, request } = await scripted();
  const refused = session.execute('device_del', { id: 'none' });
  const { id } = await request();
  peer.write(`{"id":${id},"error":{"class":"DeviceNotFound","desc":"Device 'none' not found"}}\n`);
  await assert.rejects(refused, (error: Failure) => {
    assert.equal(error.code, 'qmp-error');
    assert.equal(error.details.class, 'DeviceNotFound');
    return true;
  });
});

test('a connection that closes in mid-reply fails everything in flight, once, with qmp-disconnected', async () => {
  const { session, peer, closings, request } = await scripted();
  const pending = [session.execute('query-status'), session.execute('query-block')];
  const { id } = await request();
  peer.write(`{"return":{"status":"run`);
  const outcomes = Promise.allSettled(pending);
  peer.end();
  for (const outcome of await outcomes) {
    if (outcome.status !== 'rejected') assert.fail('it was answered');
    assert.ok(hasCode(outcome.reason, 'qmp-disconnected'), `command ${id}`);
  }
  assert.equal(closings.length, 1);
  await assert.rejects(session.execute('query-status'), (error) => hasCode(error, 'qmp-disconnected'));
});

test('bytes that are no QMP end the session', async () => {
  const { session, peer, closings, request } = await scripted();
  const asked = session.execute('query-status');
  await request();
  const refused = assert.rejects(asked, (error) => hasCode(error, 'qmp-disconnected'));
  peer.write('SSH-2.0-OpenSSH_9.2\n');
  await refused;
  assert.equal(closings.length, 1);
});

test('a peer that never greets is given up', async () => {
  const [near, peer] = duplexPair();
  const clock = new VirtualClock();
  const opening = QmpSession.open(near, { clock, onEvent: () => {}, onClose: () => {}, greetingTimeoutMs: 100 });
  const outcome = assert.rejects(opening, (error) => hasCode(error, 'qmp-timeout'));
  await clock.advance(100, () => Promise.resolve());
  await outcome;
  peer.resume();
  await once(near, 'close');
});

test('events that come before the session stands are told after, bounded', async () => {
  const [near, peer] = duplexPair();
  const events: QmpEvent[] = [];
  const event = '{"timestamp":{"seconds":1,"microseconds":0},"event":"RESUME"}\n';
  peer.write(GREETING + event.repeat(1_200));
  peer.once('data', (bytes: Buffer) => peer.write(`{"return":{},"id":${JSON.parse(bytes.toString()).id}}\n`));
  const session = await QmpSession.open(near, {
    clock: new VirtualClock(),
    onEvent: (told) => events.push(told),
    onClose: () => {},
  });
  assert.equal(events.length, 1_000);
  assert.equal(session.droppedEvents, 200);
});
