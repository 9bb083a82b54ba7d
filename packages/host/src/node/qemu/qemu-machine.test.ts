import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { hasCode, SystemClock, silentLog, VirtualClock } from '@godwit/base';
import type { GuestEvent } from '../../hypervisor-driver.ts';
import type { MachineFiles } from './command-line/index.ts';
import { machineFiles } from './machine-files.ts';
import { readMemory } from './memory-size.ts';
import { findProcess } from './process-watch.ts';
import { killProcess, QemuMachine } from './qemu-machine.ts';
import { SerialConsole } from './serial-console.ts';

const GREETING = '{"QMP":{"version":{"qemu":{"major":7,"minor":2,"micro":0}},"capabilities":[]}}\r\n';

/** A process that seems to be a QEMU to whoever looks: its command line names the machine's folder. */
function pretend(t: TestContext): { readonly files: MachineFiles; readonly child: ChildProcess } {
  const files = machineFiles(mkdtempSync(join(tmpdir(), 'godwit-qm-')), 'one');
  writeFileSync(`${files.folder}.log`, '');
  const child = spawn('tail', ['-f', `${files.folder}.log`], { stdio: 'ignore' });
  t.after(() => {
    child.kill('SIGKILL');
    rmSync(join(files.folder, '..'), { recursive: true });
  });
  return { files: { ...files, pid: `${files.folder}.pid` }, child };
}

/** A monitor that greets, answers what it has an answer for, and keeps silent otherwise. */
class Monitor {
  readonly open = new Set<Socket>();
  readonly answers: Record<string, unknown> = { qmp_capabilities: {}, 'query-chardev': [] };
  greets = true;
  most = 0;
  asked = 0;
  readonly #server: Server;

  constructor(t: TestContext, path: string) {
    this.#server = createServer((socket) => this.#serve(socket)).listen(path);
    t.after(() => {
      this.cut();
      this.#server.close();
    });
  }

  get listening(): Promise<unknown> {
    return this.#server.listening ? Promise.resolve() : once(this.#server, 'listening');
  }

  tell(text: string): void {
    for (const socket of this.open) socket.write(`${text}\n`);
  }

  cut(): void {
    for (const socket of this.open) socket.destroy();
  }

  #serve(socket: Socket): void {
    this.open.add(socket);
    this.most = Math.max(this.most, this.open.size);
    socket.on('error', () => undefined);
    socket.on('close', () => this.open.delete(socket));
    if (this.greets) socket.write(GREETING);
    socket.on('data', (bytes) => {
      for (const line of bytes.toString().trim().split('\n')) this.#hear(socket, line);
    });
  }

  #hear(socket: Socket, line: string): void {
    const { execute, id } = JSON.parse(line) as { execute: string; id: number };
    if (execute === 'query-status') this.asked++;
    if (execute in this.answers) socket.write(`${JSON.stringify({ return: this.answers[execute], id })}\n`);
  }
}

async function connected(t: TestContext) {
  const { files, child } = pretend(t);
  writeFileSync(files.pid, String(child.pid));
  const path = `${files.folder}.sock`;
  const monitor = new Monitor(t, path);
  await monitor.listening;
  const clock = new VirtualClock();
  const events: GuestEvent[] = [];
  const machine = await QemuMachine.connect({
    files: { ...files, monitor: path },
    process: { pid: child.pid as number, startedAtMs: 0 },
    clock,
    log: silentLog,
    onEvent: (event) => events.push(event),
  });
  t.after(() => machine.release());
  return { machine, monitor, clock, events };
}

/** Lets what is under way in the kernel come to an end, a few times over. */
async function breathe(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
}

test('what is asked while the monitor is being reached again fails, and nobody else does', async (t) => {
  const { machine, monitor } = await connected(t);
  monitor.cut();
  for (;;) {
    const [lost] = await Promise.allSettled([machine.execute('query-status', undefined, 1)]);
    if (lost.status === 'rejected' && hasCode(lost.reason, 'not-connected')) break;
    await breathe();
  }
  await assert.rejects(readMemory(machine), { code: 'not-connected' });
  // A failure that nobody hears of would fail this test by now.
  await breathe();
});

test('a QEMU that its disks keep from saying why it stopped is asked again', async (t) => {
  const { monitor, clock, events } = await connected(t);
  monitor.tell('{"event":"STOP","data":{},"timestamp":{"seconds":1,"microseconds":0}}');
  while (monitor.asked === 0) await breathe();
  monitor.answers['query-status'] = { status: 'paused', running: false };
  await clock.advance(10_000, breathe);
  while (events.length === 0) await breathe();
  assert.deepEqual(events, [{ type: 'run', run: 'paused' }]);
});

test('a monitor that does not greet is tried by one connection at a time', async (t) => {
  const { machine, monitor, clock } = await connected(t);
  monitor.greets = false;
  monitor.cut();
  await clock.advance(30_000, breathe);
  assert.equal(monitor.most, 1);
  monitor.greets = true;
  monitor.answers['query-status'] = { status: 'running', running: true };
  const runs = () => machine.run().catch(() => undefined);
  while ((await runs()) !== 'running') await clock.advance(500, breathe);
});

test('who kills a QEMU goes on when it is gone', async (t) => {
  const { files, child } = pretend(t);
  const pid = child.pid as number;
  writeFileSync(files.pid, String(pid));
  assert.equal((await findProcess(files.pid, files.folder))?.pid, pid);
  await killProcess(pid, files, new SystemClock());
  assert.equal(await findProcess(files.pid, files.folder), undefined);
});

test('a console that cannot be opened leaves no reader behind', async (t) => {
  const { files } = pretend(t);
  const path = `${files.folder}.sock`;
  const console = new SerialConsole(path, files.serialLog);
  await assert.rejects(console.open(), { code: 'not-connected' });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket)).listen(path);
  t.after(() => {
    console.close();
    server.close();
  });
  await once(server, 'listening');
  const channel = await console.open();
  while (sockets.size === 0) await breathe();
  const [socket] = sockets;
  const closed = once(socket as Socket, 'close');
  (socket as Socket).resume();
  channel.end();
  await closed;
});
