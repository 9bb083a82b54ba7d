import assert from 'node:assert/strict';
import { duplexPair } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { controlFrame, dataHead, FrameReader, frameTypes, uint32s } from './frames.ts';
import { HeaderPacker, HeaderUnpacker } from './header-codec.ts';
import { SpdyConnection } from './spdy-connection.ts';
import type { SpdyStream } from './spdy-stream.ts';

test('frames survive being cut anywhere', () => {
  const bytes = Buffer.concat([
    controlFrame(frameTypes.ping, 0, uint32s(7)),
    dataHead(3, 5, true),
    Buffer.from('hello'),
    controlFrame(frameTypes.rstStream, 0, uint32s(3, 5)),
  ]);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const reader = new FrameReader();
    const frames = [];
    for (const part of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
      reader.push(part);
      for (let frame = reader.next(); frame; frame = reader.next()) frames.push(frame);
    }
    assert.equal(frames.length, 3);
    const [ping, data] = frames;
    assert.ok(ping?.type === 'control' && ping.kind === frameTypes.ping);
    assert.ok(data?.type === 'data' && data.stream === 3 && data.final && String(data.data) === 'hello');
  }
});

test('header blocks share one stream of compression', async () => {
  const packer = new HeaderPacker();
  const unpacker = new HeaderUnpacker();
  for (const headers of [
    new Map([
      ['streamtype', 'error'],
      ['port', '80'],
    ]),
    new Map(),
    new Map([['streamtype', 'data']]),
  ]) {
    assert.deepEqual(await unpacker.unpack(await packer.pack(headers)), headers);
  }
  packer.close();
  unpacker.close();
});

test('a stream that a client opens is answered, carries bytes both ways, and ends', async () => {
  const [server, client] = duplexPair();
  const opened = Promise.withResolvers<SpdyStream>();
  const ended = new SpdyConnection(server, (stream) => opened.resolve(stream)).run();
  const packer = new HeaderPacker();
  const block = await packer.pack(new Map([['streamtype', 'data']]));
  client.write(controlFrame(frameTypes.synStream, 0, Buffer.concat([uint32s(1, 0), Buffer.from([0, 0]), block])));
  const stream = await opened.promise;
  assert.equal(stream.headers.get('streamtype'), 'data');
  client.write(Buffer.concat([dataHead(1, 4, true), Buffer.from('ping')]));
  const received: Uint8Array[] = [];
  for await (const bytes of stream.incoming) received.push(bytes);
  assert.equal(Buffer.concat(received).toString(), 'ping');
  await stream.write(Buffer.from('pong'));
  stream.end();
  const reader = new FrameReader();
  const frames = [];
  for await (const chunk of client) {
    reader.push(chunk as Buffer);
    for (let frame = reader.next(); frame; frame = reader.next()) frames.push(frame);
    const last = frames.at(-1);
    if (last?.type === 'data' && last.final) break;
  }
  assert.ok(frames[0]?.type === 'control' && frames[0].kind === frameTypes.synReply);
  assert.ok(frames[1]?.type === 'data' && String(frames[1].data) === 'pong');
  client.destroy();
  await ended;
  packer.close();
});

test('whatever a client sends, the connection ends and nothing is left behind', async () => {
  const frame = fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    fc
      .tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 3 }), fc.uint8Array({ maxLength: 40 }))
      .map(([kind, flags, data]) => controlFrame(kind, flags, Buffer.from(data))),
    fc
      .tuple(fc.integer({ min: 0, max: 5 }), fc.uint8Array({ maxLength: 40 }))
      .map(([stream, data]) => Buffer.concat([dataHead(stream, data.length, false), data])),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { maxLength: 8 }), async (frames) => {
      const [server, client] = duplexPair();
      client.on('error', () => {});
      client.resume();
      const streams: SpdyStream[] = [];
      const ended = new SpdyConnection(server, (stream) => streams.push(stream)).run();
      client.end(Buffer.concat(frames));
      await ended;
      for (const stream of streams) await drained(stream).catch(() => {});
    }),
    { numRuns: 300 },
  );
});

async function drained(stream: SpdyStream): Promise<void> {
  for await (const bytes of stream.incoming) assert.ok(bytes.length > 0);
}
