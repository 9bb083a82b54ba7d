import { describeError } from '@godwit/base';
import type { ExitStatus, MachineStream } from '@godwit/kinds';

/** The client's side of a session with a process, over whatever protocol it speaks. */
export interface SessionWire {
  /** What the client types; absent when it asked for no input. */
  readonly stdin: AsyncIterable<Uint8Array> | undefined;
  /** Sizes of the client's terminal, as they change. */
  readonly sizes: AsyncIterable<Uint8Array> | undefined;
  stdout(bytes: Uint8Array): Promise<void>;
  stderr(bytes: Uint8Array): Promise<void>;
  /** Tells how it ended, as JSON of a Status, and closes. */
  finish(status: string): Promise<void>;
}

/** Moves bytes both ways until the process has ended or the client has gone. Never rejects. */
export async function runSession(stream: MachineStream, wire: SessionWire): Promise<void> {
  const { main, stderr, exit } = stream;
  // It is waited for when the output has ended, but may fail before that.
  exit?.catch(() => {});
  // Input and sizes end whenever they like: only the process decides when the session is over.
  if (wire.stdin) pumpInput(wire.stdin, stream).catch(() => {});
  else main.end();
  if (wire.sizes) pumpSizes(wire.sizes, stream).catch(() => {});
  try {
    await Promise.all([
      pump(main.incoming, (bytes) => wire.stdout(bytes)),
      stderr && pump(stderr, (bytes) => wire.stderr(bytes)),
    ]);
    const status = exitStatus(exit ? await exit : { exitCode: 0 });
    await wire.finish(status);
  } catch (error) {
    main.abort(error);
    await wire.finish(failureStatus(describeError(error))).catch(() => {});
  }
}

async function pump(from: AsyncIterable<Uint8Array>, to: (bytes: Uint8Array) => Promise<void>): Promise<void> {
  for await (const bytes of from) await to(bytes);
}

async function pumpInput(stdin: AsyncIterable<Uint8Array>, stream: MachineStream): Promise<void> {
  try {
    await pump(stdin, (bytes) => stream.main.write(bytes));
  } finally {
    stream.main.end();
  }
}

/** `{"Width":80,"Height":24}`, one after another, as Go's JSON encoder writes them. */
async function pumpSizes(sizes: AsyncIterable<Uint8Array>, stream: MachineStream): Promise<void> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of sizes) {
    text += decoder.decode(bytes, { stream: true });
    for (let end = text.indexOf('}'); end >= 0; end = text.indexOf('}')) {
      const size = JSON.parse(text.slice(0, end + 1)) as { Width?: number; Height?: number };
      text = text.slice(end + 1);
      if (size.Width && size.Height) await stream.resize?.(size.Width, size.Height);
    }
  }
}

/** The Status by which clients learn the exit code (`v1.StatusReason` NonZeroExitCode, cause ExitCode). */
export function exitStatus({ exitCode, message }: ExitStatus): string {
  if (message !== undefined) return failureStatus(message);
  if (exitCode === 0) return JSON.stringify({ metadata: {}, status: 'Success' });
  return JSON.stringify({
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${exitCode}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  });
}

function failureStatus(message: string): string {
  return JSON.stringify({ metadata: {}, status: 'Failure', message, reason: 'InternalError', code: 500 });
}
