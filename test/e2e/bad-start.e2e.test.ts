/** A program that cannot start says why in one line, exits with 1, and leaves nothing half made. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { projectRoot } from '../support/godwit.ts';
import { hostTraces } from '../support/host-traces.ts';
import { runProgram } from '../support/kubectl.ts';
import { SmallFileSystem } from '../support/small-file-system.ts';

const folder = mkdtempSync(join(tmpdir(), 'godwit-start-'));
after(() => rmSync(folder, { recursive: true }));

const main = ['--disable-warning=ExperimentalWarning', join(projectRoot, 'apps/godwit/src/main.ts')];

/** Runs the program, which must refuse with these words and nothing more than a line. */
async function refuses(args: readonly string[], words: RegExp, prefix: readonly string[] = []): Promise<void> {
  const [program = '', ...rest] = [...prefix, process.execPath, ...main, ...args];
  const { status, stdout, stderr } = await runProgram(program, rest, { timeoutMs: 300_000 });
  assert.equal(status, 1, stdout + stderr);
  assert.match(stderr, words);
  const said = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
  assert.equal(said.length, 1, stderr);
}

const path = (name: string) => join(folder, name);

test('a port that somebody else has', async (t) => {
  const server = createServer();
  t.after(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const listen = ['--listen', `127.0.0.1:${port}`];
  await refuses(
    ['up', '--state', path('taken'), ...listen],
    new RegExp(`another program listens on 127.0.0.1:${port}`),
  );
  await refuses(['up', '--detach', '--state', path('taken'), ...listen], /another program listens on/);
  const { id } = JSON.parse(readFileSync(path('taken/instance.json'), 'utf8')) as { id: string };
  assert.deepEqual(await hostTraces([path('taken'), id]), []);
});

test('an address that is not of this host, and what is no address', async () => {
  await refuses(
    ['up', '--state', path('address'), '--listen', '203.0.113.7:21890'],
    /cannot listen on 203\.0\.113\.7:21890/,
  );
  await refuses(['up', '--state', path('address'), '--listen', 'nonsense'], /--listen nonsense: expected HOST:PORT/);
  await refuses(['up', '--state', path('address'), '--listen', '127.0.0.1:99999'], /expected HOST:PORT/);
});

test('a state folder that is none', async () => {
  writeFileSync(path('file'), '');
  await refuses(['up', '--state', path('file')], /is no folder/);
  await refuses(['up', '--state', path('file/below')], /is no folder/);
});

test('a state folder that holds what others made is neither used nor purged', async () => {
  mkdirSync(path('home'));
  writeFileSync(path('home/letters'), 'dear');
  await refuses(['up', '--state', path('home')], /is no state folder of Godwit: letters lies in it/);
  const purge = await runProgram(process.execPath, [...main, 'down', '--purge', '--yes', '--state', path('home')]);
  assert.match(purge.stdout, /nothing to do/);
  assert.deepEqual(readdirSync(path('home')), ['letters']);
});

test('a state folder on a read-only or a full file system', async (t) => {
  mkdirSync(path('small'));
  const small = await SmallFileSystem.mount(path('small'), '64k');
  t.after(() => small.unmount());
  small.fill();
  // What fills it is in the way of nobody.
  await runProgram('mv', [path('small/filling'), path('small/godwit.log')]);
  await refuses(['up', '--state', path('small')], /full/);
  await runProgram('mount', ['-o', 'remount,ro', path('small')]);
  await refuses(['up', '--state', path('small')], /read-only file system/);
  await refuses(['up', '--state', path('small/below')], /read-only file system/);
});

test('anybody but root', async () => {
  const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
  await refuses(['up', '--state', path('nobody')], /run it as root/, nobody);
  await refuses(['down', '--state', path('nobody')], /run it as root/, nobody);
});

test('verbs for a cloud that has never run', async () => {
  for (const verb of [['status'], ['why', 'vm/x'], ['start', 'vm/x'], ['console', 'vm/x']]) {
    await refuses([...verb, '--state', path('never')], /no Godwit has run on .*: start it with/);
  }
  assert.equal(readdirSync(folder).includes('never'), false);
});

test('guests and machines that there are not', async () => {
  await refuses(['image', 'nosuch', '--state', path('image')], /no guest called nosuch; there are: tiny, debian/);
});
