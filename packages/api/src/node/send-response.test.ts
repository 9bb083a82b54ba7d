import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { SystemClock, VirtualClock } from '@godwit/base';
import type { HttpResponse } from '../http/http-message.ts';
import { Outlet } from './outlet.ts';
import { type Destination, sendResponse } from './send-response.ts';

const clock = new SystemClock();

interface Received {
  status: number;
  headers: HttpResponse['headers'];
  body: Buffer;
}

async function receive(response: HttpResponse, options: Partial<Destination> = {}): Promise<Received> {
  const sink = new PassThrough();
  const received: Received = { status: 0, headers: {}, body: Buffer.alloc(0) };
  const destination: Destination = {
    sink,
    headOnly: false,
    mayPack: false,
    head: (status, headers) => Object.assign(received, { status, headers }),
    ...options,
  };
  const chunks: Buffer[] = [];
  sink.on('data', (chunk: Buffer) => chunks.push(chunk));
  await sendResponse(destination, response, clock);
  if (!sink.readableEnded) await new Promise((resolve) => sink.on('end', resolve));
  return { ...received, body: Buffer.concat(chunks) };
}

test('a body goes out with its length in bytes', async () => {
  const { status, headers, body } = await receive({ status: 201, headers: {}, body: 'naïve' });
  assert.deepEqual([status, headers['content-length'], String(body)], [201, '6', 'naïve']);
});

test('a HEAD request gets the length and no body', async () => {
  const { headers, body } = await receive({ status: 200, headers: {}, body: 'abc' }, { headOnly: true });
  assert.deepEqual([headers['content-length'], body.length], ['3', 0]);
});

test('pieces go out in order, whatever they are made of', async () => {
  const pieces = async function* () {
    yield 'one ';
    yield Buffer.from('two ');
    yield 'three';
  };
  const { headers, body } = await receive({ status: 200, headers: {}, stream: pieces() });
  assert.equal(headers['content-length'], undefined);
  assert.equal(String(body), 'one two three');
});

test('what is large is packed for who asks for it, and only then', async () => {
  const stream = () => Array.from({ length: 100 }, (_, i) => `${i} `.repeat(1000));
  const whole = stream().join('');
  const plain = await receive({ status: 200, headers: {}, stream: stream(), compressible: true });
  assert.equal(String(plain.body), whole);
  const packed = await receive({ status: 200, headers: {}, stream: stream(), compressible: true }, { mayPack: true });
  assert.equal(packed.headers['content-encoding'], 'gzip');
  assert.ok(packed.body.length < whole.length / 10);
  assert.equal(String(gunzipSync(packed.body)), whole);
  const small = await receive({ status: 200, headers: {}, body: 'x' }, { mayPack: true });
  assert.equal(small.headers['content-encoding'], undefined);
});

test('a client that takes nothing is waited for, and given up in the end', async () => {
  const time = new VirtualClock();
  const sink = new PassThrough({ highWaterMark: 10 });
  let made = 0;
  const endless = function* () {
    for (;;) {
      made++;
      yield 'x'.repeat(100);
    }
  };
  const sending = new Outlet(sink, time).sendAll(endless());
  await time.advance(59_000, () => new Promise((resolve) => setImmediate(resolve)));
  assert.equal(made, 1);
  assert.equal(sink.destroyed, false);
  await time.advance(2_000, () => new Promise((resolve) => setImmediate(resolve)));
  await sending;
  assert.equal(sink.destroyed, true);
});

test('pieces that fail break the answer off', async () => {
  const sink = new PassThrough();
  sink.on('error', () => {});
  sink.resume();
  const failing = async function* () {
    yield 'one';
    throw new Error('the log is gone');
  };
  await assert.rejects(new Outlet(sink, clock).sendAll(failing()), /the log is gone/);
  assert.equal(sink.destroyed, true);
});
