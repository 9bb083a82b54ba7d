import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Clock, SeededRandom, SystemClock, silentLog, type Timer, type World } from '@godwit/base';
import { SystemIds } from '@godwit/base/node';
import { type ProgramName, plainContainer, testContainerDriver } from '../../conformance/index.ts';
import type { ContainerRequest, ImageFacts } from '../../container-driver.ts';
import { buildTestImage, readText, TEST_IMAGE, until, whyNoPodman } from '../host/test-support/pod-harness.ts';
import { LogRotation } from './log-rotation.ts';
import { PodmanDriver } from './podman-driver.ts';

const skip = whyNoPodman();

/** Time as it is, in which nobody ever looks around: what is noticed is noticed by itself. */
class WithoutLooks extends SystemClock {
  override after(delayMs: number, task: () => void): Timer {
    return delayMs === 5_000 ? { cancel: () => undefined } : super.after(delayMs, task);
  }
}

const world: World = { clock: new SystemClock(), random: new SeededRandom(1), ids: new SystemIds(), log: silentLog };

const scripts: Readonly<Record<ProgramName, readonly string[]>> = {
  sleeper: ['sleep', '100000'],
  polite: ['sh', '-c', 'trap "exit 0" TERM; touch /tmp/listening; while :; do sleep 0.05; done'],
  brief: ['sh', '-c', 'exit 7'],
  broken: ['/no/such/program'],
};

interface Place {
  readonly folder: string;
  open(clock?: Clock): PodmanDriver;
  close(): Promise<void>;
}

async function newPlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'godwit-podman-'));
  const drivers: PodmanDriver[] = [];
  const cgroup = `godwit-test-${process.pid}-${world.ids.suffix(4)}`;
  return {
    folder,
    open: (clock) => {
      const options = { folder: join(folder, 'containers'), runFolder: join(folder, 'run'), cgroup };
      const driver = new PodmanDriver(options, clock ? { ...world, clock } : world);
      drivers.push(driver);
      return driver;
    },
    close: async () => {
      const last = drivers.at(-1);
      for (const { id } of (await last?.list()) ?? []) await last?.remove(id);
      for (const driver of drivers) await driver.release();
      await last?.dismantle();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function requestOf(folder: string, image: ImageFacts, entrypoint: readonly string[], name: string): ContainerRequest {
  return plainContainer(name, image, { entrypoint, command: [], logPath: join(folder, 'logs', name) });
}

if (!skip) {
  testContainerDriver('Podman', async () => {
    await buildTestImage();
    const place = await newPlace();
    return {
      driver: place.open(),
      clock: world.clock,
      image: TEST_IMAGE,
      request: (image, program, name) => requestOf(place.folder, image, scripts[program], name),
      reopen: async () => {
        const driver = place.open();
        await driver.prepare();
        return driver;
      },
      close: () => place.close(),
    };
  });
}

describe('Podman', { skip: skip ?? false }, () => {
  const image = `localhost/godwit-own-${process.pid}:latest`;
  let place: Place;
  let driver: PodmanDriver;
  const signal = new AbortController().signal;
  const resolve = () => driver.resolveImage({ image, policy: 'IfNotPresent', credentials: [] }, signal);

  before(async () => {
    place = await newPlace();
    driver = place.open();
    await driver.prepare();
  });
  after(() => place.close());

  test('an image outlives its removal from the store of the host, and a new build is seen', async () => {
    await buildTestImage(image, 'own');
    const first = await resolve();
    const id = await driver.create(requestOf(place.folder, first, ['sleep', '1000'], 'own'));
    await driver.start(id);
    execFileSync('podman', ['rmi', '--force', image], { stdio: 'pipe' });
    assert.equal((await resolve()).id, first.id);
    const second = await driver.create(requestOf(place.folder, await resolve(), ['sleep', '1000'], 'own-2'));
    await driver.start(second);
    assert.equal((await driver.run(second, ['ls', '/bin/busybox'], signal)).exitCode, 0);
    await buildTestImage(image, 'own-two');
    assert.notEqual((await resolve()).id, first.id);
    execFileSync('podman', ['rmi', '--force', image], { stdio: 'pipe' });
  });

  test('the containers of the host are not ours, and ours are not theirs', async () => {
    const theirs = execFileSync('podman', ['ps', '--all', '--quiet', '--no-trunc'], { encoding: 'utf8' });
    for (const { id } of await driver.list()) assert.ok(!theirs.includes(id));
  });

  test('the end of a container is heard of without anybody looking for it', async () => {
    const busybox = await driver.resolveImage({ image: TEST_IMAGE, policy: 'IfNotPresent', credentials: [] }, signal);
    await driver.release();
    driver = place.open(new WithoutLooks());
    await driver.prepare();
    const id = await driver.create(requestOf(place.folder, busybox, scripts.sleeper, 'heard'));
    await driver.start(id);
    const ended: string[] = [];
    driver.subscribe((which) => ended.push(which));
    process.kill((await driver.inspect(id))?.pid as number, 'SIGKILL');
    await until('its end to be heard of', () => ended.includes(id));
    await driver.remove(id);
    await driver.release();
    driver = place.open();
    await driver.prepare();
  });

  test('a container whose monitor was killed with it has ended, and can be removed', async () => {
    const busybox = await driver.resolveImage({ image: TEST_IMAGE, policy: 'IfNotPresent', credentials: [] }, signal);
    const id = await driver.create(requestOf(place.folder, busybox, scripts.sleeper, 'unmonitored'));
    await driver.start(id);
    const ended: string[] = [];
    const unsubscribe = driver.subscribe((which) => ended.push(which));
    const pid = (await driver.inspect(id))?.pid as number;
    // The monitor first: else it would still write down how the program ended.
    execFileSync('pkill', ['-9', '-f', `conmon.*${id}`]);
    process.kill(pid, 'SIGKILL');
    await until('its end to be heard of', () => ended.includes(id));
    unsubscribe();
    const facts = await driver.inspect(id);
    assert.deepEqual([facts?.state, facts?.exitCode], ['exited', 137]);
    assert.equal((await driver.list()).find((found) => found.id === id)?.state, 'exited');
    await driver.signal(id, 'SIGTERM');
    await driver.remove(id);
    assert.equal(await driver.inspect(id), undefined);
  });

  test('limits of memory grow and shrink, however far', async () => {
    const busybox = await driver.resolveImage({ image: TEST_IMAGE, policy: 'IfNotPresent', credentials: [] }, signal);
    const resources = (mebibytes: number) => ({ oomScoreAdjust: 0, memoryBytes: mebibytes * 1024 * 1024 });
    const request = requestOf(place.folder, busybox, scripts.sleeper, 'growing');
    const id = await driver.create({ ...request, resources: resources(32) });
    await driver.start(id);
    for (const size of [256, 64, 1024]) {
      await driver.resize(id, resources(size));
      assert.equal(await driver.memoryLimit(id), size * 1024 * 1024);
    }
    await driver.remove(id);
  });

  test('sessions: input, both outputs, a terminal that can be resized', async () => {
    const id = (await driver.list()).find(({ state }) => state === 'running')?.id ?? '';
    const both = { stdin: true, stdout: true, stderr: true };
    const plain = await driver.exec(
      id,
      { ...both, tty: false, command: ['sh', '-c', 'cat; echo no >&2; exit 3'] },
      signal,
    );
    await plain.main.write(Buffer.from('yes\n'));
    plain.main.end();
    const [out, errors] = await Promise.all([readText(plain.main.incoming), readText(plain.stderr)]);
    assert.deepEqual([out, errors, (await plain.exit).exitCode], ['yes\n', 'no\n', 3]);
    const tty = await driver.exec(
      id,
      { ...both, tty: true, command: ['sh', '-c', 'read word; stty size; exit 4'] },
      signal,
    );
    // There is nothing to resize until the program has its terminal.
    const resized = () =>
      tty.resize?.(100, 40).then(
        () => true,
        () => false,
      );
    await until('a terminal', async () => (await resized()) === true);
    await tty.main.write(Buffer.from('go\n'));
    assert.match(await readText(tty.main.incoming), /40 100/);
    assert.equal((await tty.exit).exitCode, 4);
  });

  test('an open input outlives those who attach to it, one for one visitor does not', async () => {
    const busybox = await driver.resolveImage({ image: TEST_IMAGE, policy: 'IfNotPresent', credentials: [] }, signal);
    const script = ['sh', '-c', 'while read line; do echo got $line; done; echo over'];
    const talk = async (stdin: 'open' | 'once') => {
      const request = { ...requestOf(place.folder, busybox, script, `input-${stdin}`), stdin };
      const id = await driver.create(request);
      await driver.start(id);
      const visit = { stdin: true, stdout: true, stderr: true, tty: false };
      const session = await driver.attach(id, visit, signal);
      await session.main.write(Buffer.from('one\n'));
      const said = async () => (existsSync(request.logPath) ? readFile(request.logPath, 'utf8') : '');
      await until('its answer', async () => (await said()).includes('got one'));
      session.main.abort();
      return { id, said };
    };
    const once = await talk('once');
    await until('its end', async () => (await driver.inspect(once.id))?.state === 'exited');
    assert.ok((await once.said()).includes('over'));
    const open = await talk('open');
    const second = await driver.attach(open.id, { stdin: true, stdout: true, stderr: true, tty: false }, signal);
    await second.main.write(Buffer.from('two\n'));
    await until('the second answer', async () => (await open.said()).includes('got two'));
    assert.ok(!(await open.said()).includes('over'));
    second.main.abort();
    await driver.remove(open.id);
  });

  test('megabytes go through a session whole', async () => {
    const id = (await driver.list()).find(({ state }) => state === 'running')?.id ?? '';
    const request = { stdin: true, stdout: true, stderr: true, tty: false, command: ['cat'] };
    const session = await driver.exec(id, request, signal);
    const block = Buffer.alloc(65_536, 'x');
    const send = async () => {
      for (let i = 0; i < 64; i++) await session.main.write(block);
      session.main.end();
    };
    const [text] = await Promise.all([readText(session.main.incoming), send()]);
    assert.equal(text.length, 64 * 65_536);
  });

  test('a log is rotated without losing a line', async () => {
    const image = await driver.resolveImage({ image: TEST_IMAGE, policy: 'IfNotPresent', credentials: [] }, signal);
    const script = 'i=0; until [ -e /tmp/enough ]; do echo $i; i=$((i+1)); sleep 0.005; done';
    const request = requestOf(place.folder, image, ['sh', '-c', script], 'log');
    const id = await driver.create(request);
    await driver.start(id);
    await until('some output', async () => existsSync(request.logPath) && (await stat(request.logPath)).size > 2_000);
    await new LogRotation(join(place.folder, 'containers', 'storage'), world).rotate(id, request.logPath);
    const isLong = async () => existsSync(request.logPath) && (await stat(request.logPath)).size > 2_000;
    await until('more output', isLong);
    assert.equal((await driver.run(id, ['touch', '/tmp/enough'], signal)).exitCode, 0);
    await until('its end', async () => (await driver.inspect(id))?.state === 'exited');
    const text = execFileSync('cat', [`${request.logPath}.1`, request.logPath], { encoding: 'utf8' });
    const numbers = text
      .trim()
      .split('\n')
      .map((line) => Number(line.split(' ')[3]));
    assert.deepEqual(
      numbers,
      Array.from({ length: numbers.length }, (_, index) => index),
    );
    assert.ok((await stat(request.logPath)).size > 0);
  });

  test('the service ends, containers go on', async () => {
    const running = async () => (await driver.list()).filter(({ state }) => state === 'running').map(({ id }) => id);
    const before = (await running()).toSorted();
    await driver.release();
    driver = place.open();
    await driver.prepare();
    assert.deepEqual((await running()).toSorted(), before);
    assert.ok(before.length > 0);
    // What has ended is measured until the engine has taken its control group away.
    const measured = async () => [...(await driver.usage()).keys()].toSorted();
    await until('only these to be measured', async () => (await measured()).join() === before.join());
  });
});
