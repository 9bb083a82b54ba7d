import { type FileHandle, open, readFile } from 'node:fs/promises';
import type { ByteChannel, World } from '@godwit/base';
import { type MachineStream, StatusFailure } from '@godwit/kinds';
import type { LogRequest, PodLogs } from '../../pod/index.ts';
import { fileChanges } from './file-changes.ts';
import { LineSplitter, parseLogLine } from './log-lines.ts';

const CHUNK_BYTES = 65_536;

/** Output of containers as conmon wrote it: read from the files, without any engine. */
export class ContainerLogs implements PodLogs {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  async open(path: string, request: LogRequest, ended: () => boolean, signal: AbortSignal): Promise<MachineStream> {
    const file = await open(path).catch(() => undefined);
    if (!file) throw new StatusFailure('NotFound', 'there is no log of this container yet');
    const give = new AbortController();
    const either = AbortSignal.any([signal, give.signal]);
    const lines = this.#read({ path, file, request, ended, signal: either });
    const main: ByteChannel = {
      incoming: limited(lines, request.limitBytes),
      write: () => Promise.reject(new Error('a log cannot be written')),
      end: () => undefined,
      abort: () => give.abort(),
    };
    return { main };
  }

  async *#read(reading: Reading): AsyncGenerator<Buffer> {
    const { path, request, ended, signal } = reading;
    let { file } = reading;
    const changes = request.follow ? fileChanges(path, this.#world.clock, signal) : undefined;
    try {
      const sinceMs = sinceOf(request, this.#world.clock.now());
      // Who does not follow is told what was there when he asked, however much is written while he reads.
      const size = (await file.stat()).size;
      const until = changes ? Number.POSITIVE_INFINITY : size;
      let position = await startOf(file, size, request.tailLines);
      yield* this.#rotated(path, request, sinceMs);
      const splitter = new LineSplitter();
      for (;;) {
        // Asked before reading: what was written until the end is then read for sure.
        const last = !changes || ended() || signal.aborted;
        for await (const bytes of chunks(file, position, until)) {
          position += bytes.length;
          yield* shown(splitter.push(bytes), request, sinceMs);
        }
        if (last) return;
        await changes?.next();
        const fresh = await replaced(path, file, position);
        if (fresh) {
          await file.close();
          file = fresh;
          position = 0;
        }
      }
    } finally {
      changes?.close();
      await file.close();
    }
  }

  /** What was rotated away, once, when the whole log is asked for. */
  async *#rotated(path: string, request: LogRequest, sinceMs: number): AsyncGenerator<Buffer> {
    if (request.tailLines !== undefined) return;
    const old = await readFile(`${path}.1`).catch(() => undefined);
    if (old) yield* shown(new LineSplitter().push(old), request, sinceMs);
  }
}

interface Reading {
  readonly path: string;
  readonly file: FileHandle;
  readonly request: LogRequest;
  readonly ended: () => boolean;
  readonly signal: AbortSignal;
}

function sinceOf(request: LogRequest, nowMs: number): number {
  if (request.sinceTime !== undefined) return Date.parse(request.sinceTime);
  return request.sinceSeconds === undefined ? 0 : nowMs - request.sinceSeconds * 1000;
}

function* shown(lines: Iterable<Buffer>, request: LogRequest, sinceMs: number): Generator<Buffer> {
  for (const raw of lines) {
    const line = parseLogLine(raw);
    if (!line || line.timeMs < sinceMs) continue;
    // conmon writes UTC as `+00:00`, Kubernetes as `Z`.
    const time = request.timestamps ? `${line.timeText.replace(/\+00:00$/, 'Z')} ` : '';
    yield request.timestamps ? Buffer.concat([Buffer.from(time), line.bytes]) : line.bytes;
  }
}

async function* chunks(file: FileHandle, position: number, until: number): AsyncGenerator<Buffer> {
  for (let at = position; at < until; ) {
    const length = Math.min(CHUNK_BYTES, until - at);
    const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Where the last so many lines of the first `size` bytes begin. Reads from the end, a piece at a time. */
async function startOf(file: FileHandle, size: number, tailLines: number | undefined): Promise<number> {
  if (tailLines === undefined) return 0;
  let at = size;
  // The line end of the last line itself does not count.
  let left = tailLines + 1;
  if (tailLines === 0) return at;
  while (at > 0) {
    const length = Math.min(CHUNK_BYTES, at);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, at - length);
    for (let end = buffer.lastIndexOf(10); end >= 0; end = end === 0 ? -1 : buffer.lastIndexOf(10, end - 1)) {
      left--;
      if (left === 0) return at - length + end + 1;
    }
    at -= length;
  }
  return 0;
}

/** The new file, when the log was rotated and the old one has been read to its end. */
async function replaced(path: string, file: FileHandle, position: number): Promise<FileHandle | undefined> {
  const fresh = await open(path).catch(() => undefined);
  if (!fresh) return undefined;
  const [now, before] = await Promise.all([fresh.stat(), file.stat()]);
  if (now.ino !== before.ino && before.size <= position) return fresh;
  await fresh.close();
  return undefined;
}

async function* limited(bytes: AsyncIterable<Buffer>, limit: number | undefined): AsyncGenerator<Uint8Array> {
  let left = limit ?? Number.POSITIVE_INFINITY;
  for await (const chunk of bytes) {
    if (left <= 0) return;
    yield chunk.subarray(0, left);
    left -= chunk.length;
  }
}
