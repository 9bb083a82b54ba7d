import { spawn } from 'node:child_process';
import { fstatSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describeError, Failure, SystemClock } from '@godwit/base';
import { requireRoot } from '../access/require-root.ts';
import { holdControlSocket, readSummary, type Summary } from '../cloud/control-socket.ts';
import { explainDamage } from '../cloud/store-damage.ts';
import { tidyUpAfterStart } from '../cloud/tidy-up.ts';
import { installPackages, missingPackages, runtimePackages } from '../install/debian-packages.ts';
import { isHostGoingDown } from '../install/systemctl.ts';
import { installUnit, unitName } from '../install/systemd-unit.ts';
import { DEFAULT_STATE_FOLDER, openStateFolder, type StateFolder } from '../state-folder.ts';
import { Terminal } from '../terminal/terminal.ts';
import { formatDuration } from '../terminal/units.ts';
import { projectRoot } from '../test/tiers.ts';

export interface UpOptions {
  readonly state: string;
  readonly listen?: string;
  readonly detach?: boolean;
  readonly install?: boolean;
}

/** Longest that a detached program may take to become ready. */
const READY_TIMEOUT_MS = 60_000;

/** `godwit up`. */
export async function up(options: UpOptions): Promise<void> {
  const terminal = new Terminal();
  requireRoot('up');
  await installPackages(missingPackages(runtimePackages), (line) => terminal.step(line));
  const state = openStateFolder(options.state);
  const listen = parseListen(options.listen, state);
  if (options.install) {
    installUnit(state, listen, terminal);
    return printSummary(await waitUntilReady(state.controlSocket, `see journalctl -u ${unitName(state)}`), terminal);
  }
  if (options.detach) return detach(state, listen, terminal);
  return runInForeground(state, listen, terminal);
}

/** Where the API listens. */
export interface Listen {
  readonly host: string;
  readonly port: number;
}

function parseListen(text: string | undefined, state: StateFolder): Listen {
  if (text === undefined) return { host: '127.0.0.1', port: state.instance.port };
  const match = /^(\[[0-9a-fA-F:]+\]|[^:]+):(\d+)$/.exec(text);
  const port = Number(match?.[2]);
  if (!match?.[1] || port > 65_535) {
    throw new Failure('bad-argument', `--listen ${text}: expected HOST:PORT, such as 0.0.0.0:6443`);
  }
  return { host: match[1].replace(/^\[|\]$/g, ''), port };
}

async function runInForeground(state: StateFolder, listen: Listen, terminal: Terminal): Promise<void> {
  const clock = new SystemClock();
  const startedMs = clock.monotonic();
  let summary: Summary | undefined;
  const { startCloud } = await import('../cloud/start-cloud.ts');
  const ended = Promise.withResolvers<void>();
  let isDown = false;
  const control = await holdControlSocket(state.controlSocket, {
    summary: () => summary,
    controllers: () => (summary === undefined ? [] : cloud.controllerReports()),
    down: async (say) => {
      await cloud.down(say);
      isDown = true;
      ended.resolve();
    },
  });
  const cloud = await startCloud(state, listen).catch((error) => explainDamage(error, state));
  const ready = { ...cloud.summary, readyAfterMs: clock.monotonic() - startedMs };
  summary = ready;
  printSummary(ready, terminal);
  tidyUpAfterStart(clock);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.resolve());
  await ended.promise;
  terminal.line();
  const say = (line: string) => terminal.step(line);
  if (isDown) say('machines have stopped');
  else if (isHostGoingDown()) await cloud.stopMachines(say).catch((error) => say(describeError(error)));
  else say('the control plane stops; machines keep running');
  await cloud.close();
  control.close();
  control.closeAllConnections();
  process.exit(0);
}

async function detach(state: StateFolder, listen: Listen, terminal: Terminal): Promise<void> {
  const log = openSync(state.log, 'a', 0o600);
  const begin = fstatSync(log).size;
  const child = spawn(
    process.execPath,
    [
      ...process.execArgv,
      join(projectRoot, 'apps/godwit/src/main.ts'),
      'up',
      '--state',
      state.root,
      '--listen',
      `${listen.host}:${listen.port}`,
    ],
    { detached: true, stdio: ['ignore', log, log] },
  );
  const exit = new Promise<never>((_, reject) => {
    child.once('exit', (code) => reject(new Failure('start-failed', lastWords(state.log, begin, code))));
  });
  terminal.step(`starting (log: ${state.log})`);
  const summary = await Promise.race([exit, waitUntilReady(state.controlSocket, `see ${state.log}`, child.pid)]);
  child.removeAllListeners('exit');
  child.unref();
  printSummary(summary, terminal);
}

/** What a program that did not start has to say. */
function lastWords(log: string, begin: number, code: number | null): string {
  const lines = readFileSync(log).subarray(begin).toString().split('\n');
  const said = lines.findLast((line) => line.startsWith('godwit: '))?.slice('godwit: '.length);
  return `${said ?? `it ended with code ${code}`} (log: ${log})`;
}

/** Waits for the program of this process id, or for any; `advice` says where to look when none becomes ready. */
async function waitUntilReady(socket: string, advice: string, processId?: number): Promise<Summary> {
  const clock = new SystemClock();
  const deadline = clock.monotonic() + READY_TIMEOUT_MS;
  while (clock.monotonic() < deadline) {
    const summary = await readSummary(socket);
    if (summary && summary.processId === (processId ?? summary.processId)) return summary;
    await clock.sleep(50);
  }
  throw new Failure('start-failed', `not ready within ${formatDuration(READY_TIMEOUT_MS)}: ${advice}`);
}

function printSummary(summary: Summary, terminal: Terminal): void {
  terminal.line();
  terminal.success(`Godwit is ready (${formatDuration(summary.readyAfterMs)})`);
  terminal.facts([
    ['API', summary.address],
    ['kubeconfig', summary.kubeconfig],
    ['virtual machines', summary.accelerator],
    ['load balancers', summary.loadBalancerRange],
  ]);
  terminal.line();
  const root = dirname(summary.kubeconfig);
  const where = root === DEFAULT_STATE_FOLDER ? '' : ` --state ${shellWord(root)}`;
  terminal.line('Try next:');
  terminal.line(`  export KUBECONFIG=${shellWord(summary.kubeconfig)}`);
  terminal.line(`  ./godwit image tiny${where}   # a guest that boots in about 2 s`);
  terminal.line('  kubectl create -f examples/tiny-vm.yaml && kubectl get vms -w');
  terminal.line(`  ./godwit console vm/tiny${where}   # Ctrl-] leaves`);
  terminal.line();
}

/** A path as one word of a shell. */
function shellWord(path: string): string {
  return /^[\w/.:@+-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
