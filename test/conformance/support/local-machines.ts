import { type ChildProcess, spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { type ByteChannel, Failure } from '@godwit/base';
import {
  type ExitStatus,
  type MachineAccess,
  type MachineName,
  type MachineOrder,
  type MachineStream,
  StatusFailure,
  type StreamRequest,
} from '@godwit/kinds';

/**
 * Machines that are processes of this machine: exec runs a program, a forwarded port is a port of the
 * loopback, logs are what was put into `logs`. Enough to try every stream with real clients.
 */
export class LocalMachines implements MachineAccess {
  /** Sizes that terminals were set to, as `columns x rows`. */
  readonly sizes: string[] = [];
  readonly orders: string[] = [];
  /** Log lines by name of the machine. */
  readonly logs = new Map<string, string[]>();
  readonly #children = new Set<ChildProcess>();

  async stream(machine: MachineName, request: StreamRequest, signal: AbortSignal): Promise<MachineStream> {
    switch (request.type) {
      case 'exec':
        return this.#run(request.command, request.tty, signal);
      case 'attach':
        return this.#run(['/bin/cat'], request.tty, signal);
      case 'console':
        return this.#run(['/bin/sh'], false, signal);
      case 'vnc':
      case 'vnc-screenshot':
        return { main: channelOf(spawn('/bin/echo', ['RFB 003.008'])) };
      case 'logs':
        return { main: this.#log(machine.name, request.follow, request.tailLines, signal) };
      case 'port-forward':
        return { main: await connected(request.port, signal) };
    }
  }

  async order(machine: MachineName, order: MachineOrder): Promise<unknown> {
    this.orders.push(`${machine.name} ${order}`);
    return order === 'guest-info' ? { guestAgentVersion: 'test', hostname: machine.name } : undefined;
  }

  close(): void {
    for (const child of this.#children) child.kill('SIGKILL');
  }

  #run(command: readonly string[], tty: boolean, signal: AbortSignal): MachineStream {
    const [program = '', ...args] = tty ? ['script', '-qfec', command.map(quoted).join(' '), '/dev/null'] : command;
    const child = spawn(program, args, { stdio: 'pipe', signal, killSignal: 'SIGKILL' });
    this.#children.add(child);
    const exit = new Promise<ExitStatus>((resolve) => {
      child.on('error', (error) => resolve({ exitCode: 126, message: error.message }));
      child.on('close', (code, killedBy) => {
        this.#children.delete(child);
        resolve(code === null ? { exitCode: 137, message: `killed by ${killedBy}` } : { exitCode: code });
      });
    });
    return {
      main: channelOf(child),
      ...(!tty && { stderr: bytesOf(kept(child.stderr)) }),
      exit,
      resize: async (columns, rows) => {
        this.sizes.push(`${columns}x${rows}`);
      },
    };
  }

  #log(name: string, follow: boolean, tailLines: number | undefined, signal: AbortSignal): ByteChannel {
    const lines = this.logs.get(name);
    if (!lines) throw new StatusFailure('NotFound', `there is no log of ${name}`);
    const incoming = async function* () {
      for (let next = tailLines === undefined ? 0 : Math.max(0, lines.length - tailLines); ; next++) {
        while (next >= lines.length) {
          if (!follow || signal.aborted) return;
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        yield Buffer.from(`${lines[next]}\n`);
      }
    };
    return { incoming: incoming(), write: async () => {}, end() {}, abort() {} };
  }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

async function* bytesOf(stream: Readable): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) yield chunk as Buffer;
}

/** What a child wrote is thrown away when it exits before anybody reads: this keeps it. */
function kept(output: Readable): Readable {
  return output.pipe(new PassThrough());
}

function channelOf(child: ChildProcess): ByteChannel {
  const input = child.stdin as Writable;
  input.on('error', () => {});
  return {
    incoming: bytesOf(kept(child.stdout as Readable)),
    write: (bytes) => written(input, bytes),
    end: () => input.end(),
    abort: () => child.kill('SIGKILL'),
  };
}

async function connected(port: number, signal: AbortSignal): Promise<ByteChannel> {
  const socket: Socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => {});
  signal.addEventListener('abort', () => socket.destroy());
  return {
    incoming: bytesOf(socket),
    write: (bytes) => written(socket, bytes),
    end: () => socket.end(),
    abort: () => socket.destroy(),
  };
}

function written(stream: Writable, bytes: Uint8Array): Promise<void> {
  if (stream.destroyed || stream.writableEnded) return Promise.reject(new Failure('closed', 'the channel is closed'));
  return new Promise((resolve, reject) => stream.write(bytes, (error) => (error ? reject(error) : resolve())));
}
