import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '@godwit/base';
import { requireRoot } from '../access/require-root.ts';
import { orderDown, readSummary } from '../cloud/control-socket.ts';
import { explainDamage, isStoreDamaged, putStoreAside } from '../cloud/store-damage.ts';
import { removeUnit } from '../install/systemd-unit.ts';
import { isStateFolder, openStateFolder, type StateFolder } from '../state-folder.ts';
import { Terminal } from '../terminal/terminal.ts';

export interface DownOptions {
  readonly state: string;
  readonly purge?: boolean;
  readonly yes?: boolean;
}

/** `godwit down`: stops machines and removes all traces on the host; with `--purge` the state folder too. */
export async function down(options: DownOptions): Promise<void> {
  const terminal = new Terminal();
  requireRoot('down');
  if (!isStateFolder(options.state)) {
    terminal.step(`nothing to do: ${options.state} is no state folder of Godwit`);
    return;
  }
  const state = openStateFolder(options.state);
  if (options.purge && !options.yes) await confirmPurge(state, terminal);
  const say = (line: string) => terminal.step(line);
  if ((await readSummary(state.controlSocket)) === undefined) await downWithoutProgram(state, options, say);
  else await orderDown(state.controlSocket, say);
  if (options.purge) {
    removeUnit(state, say);
    removeState(state.root);
    terminal.step(`removed ${state.root}`);
  }
  terminal.success(options.purge ? 'everything is gone' : 'down; the next up starts again what the specs ask');
  // Whatever the drivers still watch on this host is gone, and must not keep us.
  process.exit(0);
}

/** No program runs: one is started without its API being reachable, to adopt the machines and stop them. */
async function downWithoutProgram(
  state: StateFolder,
  { purge }: DownOptions,
  say: (line: string) => void,
): Promise<void> {
  const { startCloud } = await import('../cloud/start-cloud.ts');
  const start = () => startCloud(state, { host: '127.0.0.1', port: 0 });
  const cloud = await start().catch((error) => {
    if (!purge || !isStoreDamaged(error)) return explainDamage(error, state);
    say('the store cannot be read: machines are found by their records');
    putStoreAside(state);
    return start();
  });
  await cloud.down(say);
  await cloud.close();
}

/** Removes all that lies in the folder; what is a file system of its own stays, empty. The mark of ours goes last. */
function removeState(root: string): void {
  const names = readdirSync(root).toSorted((a, b) => Number(isMark(a)) - Number(isMark(b)));
  for (const name of names) removeTree(join(root, name));
  removeTree(root);
}

const isMark = (name: string): boolean => name === 'instance.json';

function removeTree(path: string): void {
  if (!isMountPoint(path)) return rmSync(path, { recursive: true, force: true });
  for (const name of readdirSync(path)) removeTree(join(path, name));
}

function isMountPoint(path: string): boolean {
  // The program that was stopped may still be taking away what is its own, such as its socket.
  const here = lstatSync(path, { throwIfNoEntry: false });
  return here?.isDirectory() === true && here.dev !== lstatSync(dirname(path)).dev;
}

async function confirmPurge(state: StateFolder, terminal: Terminal): Promise<void> {
  if (!terminal.isInteractive) {
    throw new Failure('not-confirmed', '--purge removes all disks and objects; say --yes where nobody can be asked');
  }
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({
    message: `Remove all disks, images and objects in ${state.root}? This cannot be undone.`,
    initialValue: false,
  });
  if (isCancel(answer) || !answer) throw new Failure('not-confirmed', 'nothing was removed');
}
