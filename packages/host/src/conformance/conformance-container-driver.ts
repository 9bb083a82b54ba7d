import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Clock, hasCode } from '@godwit/base';
import type { ContainerDriver, ContainerRequest, ImageFacts } from '../container-driver.ts';

/** How the suite gets at one implementation. */
export interface ContainersUnderTest {
  readonly driver: ContainerDriver;
  readonly clock: Clock;
  /** An image that is there; its containers run the programs below. */
  readonly image: string;
  /** What containers of one program run: command and, for a simulated engine, what it does. */
  request(image: ImageFacts, program: ProgramName, name: string): ContainerRequest;
  /** As after a crash of the program: another driver over the same containers, prepared. */
  reopen(): Promise<ContainerDriver>;
  close(): Promise<void>;
}

/** `sleeper` ends only by a kill, `polite` on SIGTERM with 0 once there is /tmp/listening, `brief` by itself with 7, `broken` cannot be run. */
export type ProgramName = 'sleeper' | 'polite' | 'brief' | 'broken';

/** A container that asks for nothing special: `more` says what it runs, and what else a test is about. */
export function plainContainer(
  name: string,
  image: ImageFacts,
  more: Pick<ContainerRequest, 'logPath'> & Partial<ContainerRequest>,
): ContainerRequest {
  return {
    name,
    labels: { suite: 'yes' },
    imageId: image.id,
    environment: {},
    mounts: [],
    networkNamespace: 'host',
    hostProcesses: false,
    hostIpc: false,
    resources: { oomScoreAdjust: 0 },
    security: {
      groups: [],
      privileged: false,
      readOnlyRoot: false,
      noNewPrivileges: false,
      addCapabilities: [],
      dropCapabilities: [],
      unmaskedProc: false,
    },
    sysctls: {},
    stdin: 'none',
    tty: false,
    ...more,
  };
}

const POLL_MS = 10;
const PATIENCE_MS = 180_000;

export function testContainerDriver(name: string, open: () => Promise<ContainersUnderTest>): void {
  describe(`container driver: ${name}`, () => {
    let under: ContainersUnderTest;
    let driver: ContainerDriver;
    let image: ImageFacts;
    let serial = 0;

    const resolve = (name: string, policy: 'Always' | 'IfNotPresent' | 'Never') =>
      driver.resolveImage({ image: name, policy, credentials: [] }, new AbortController().signal);
    const create = async (program: ProgramName): Promise<string> =>
      driver.create(under.request(image, program, `suite-${++serial}`));
    const begin = async (program: ProgramName): Promise<string> => {
      const id = await create(program);
      await driver.start(id);
      return id;
    };
    const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
      const endMs = under.clock.monotonic() + PATIENCE_MS;
      while (!(await holds())) {
        if (under.clock.monotonic() > endMs) throw new Error(`waited too long for: ${what}`);
        await under.clock.sleep(POLL_MS);
      }
    };
    const ended = (id: string): Promise<void> =>
      until('its end', async () => (await driver.inspect(id))?.state === 'exited');

    before(async () => {
      under = await open();
      driver = under.driver;
      await driver.prepare();
      image = await resolve(under.image, 'IfNotPresent');
    });
    after(() => under.close());

    test('limits of a running container can be changed, and it is measured', async () => {
      const id = await begin('sleeper');
      await driver.resize(id, { cpuShares: 512, cpuQuotaMicros: 50_000, memoryBytes: 64 * 2 ** 20, oomScoreAdjust: 0 });
      assert.equal((await driver.inspect(id))?.state, 'running');
      const usage = (await driver.usage()).get(id);
      assert.ok(usage && usage.cpuNanoseconds >= 0 && usage.workingSetBytes > 0);
      await driver.remove(id);
      await until('nothing of it to be measured', async () => !(await driver.usage()).has(id));
    });

    test('images: there, never to be fetched, not to be had, badly named', async () => {
      assert.equal((await resolve(under.image, 'Never')).id, image.id);
      await assert.rejects(resolve('localhost/no/such:image', 'Never'), isCode('image-never-pull'));
      await assert.rejects(resolve('localhost/no/such:image', 'IfNotPresent'), isCode('image-pull-failed'));
      await assert.rejects(resolve('NOT an image', 'IfNotPresent'), isCode('invalid-image-name'));
    });

    test('making, starting and removing twice is doing it once', async () => {
      const request = under.request(image, 'sleeper', 'suite-twice');
      const id = await driver.create(request);
      assert.equal(await driver.create(request), id);
      assert.equal((await driver.inspect(id))?.state, 'created');
      await driver.start(id);
      await driver.start(id);
      const facts = await driver.inspect(id);
      assert.equal(facts?.state, 'running');
      assert.ok((facts?.pid ?? 0) > 0);
      assert.equal((await driver.list()).filter((one) => one.id === id).length, 1);
      assert.equal((await driver.list()).find((one) => one.id === id)?.labels.suite, 'yes');
      await driver.remove('suite-twice');
      await driver.remove(id);
      assert.equal(await driver.inspect(id), undefined);
    });

    test('an end is noticed, with its code', async () => {
      const heard = new Set<string>();
      const stop = driver.subscribe((id) => heard.add(id));
      const brief = await begin('brief');
      const killed = await begin('sleeper');
      const polite = await begin('polite');
      // A first process that does not listen yet would never hear of the signal.
      const listens = () => driver.run(polite, ['test', '-e', '/tmp/listening'], never());
      await until('the program to listen', async () => (await listens()).exitCode === 0);
      await driver.signal(killed, 'SIGKILL');
      await driver.signal(polite, 'SIGTERM');
      for (const id of [brief, killed, polite]) {
        await ended(id);
        await until('the news', async () => heard.has(id));
      }
      assert.equal((await driver.inspect(brief))?.exitCode, 7);
      assert.equal((await driver.inspect(killed))?.exitCode, 137);
      assert.equal((await driver.inspect(polite))?.exitCode, 0);
      // Nobody is left to hear it.
      await driver.signal(brief, 'SIGTERM');
      stop();
      for (const id of [brief, killed, polite]) await driver.remove(id);
    });

    test('a program that cannot be run is told by start', async () => {
      const id = await create('broken');
      await assert.rejects(driver.start(id), isCode('container-start-failed'));
      await driver.remove(id);
    });

    test('commands run where the container runs', async () => {
      const id = await begin('sleeper');
      assert.equal((await driver.run(id, ['true'], never())).exitCode, 0);
      assert.equal((await driver.run(id, ['false'], never())).exitCode, 1);
      const request = { stdin: false, stdout: true, stderr: true, tty: false };
      const session = await driver.exec(id, { ...request, command: ['false'] }, never());
      assert.equal((await session.exit).exitCode, 1);
      await driver.remove(id);
      const gone = await begin('brief');
      await ended(gone);
      await assert.rejects(
        driver.exec(gone, { ...request, command: ['true'] }, never()),
        isCode('container-not-running'),
      );
      await driver.remove(gone);
    });

    test('containers outlive the driver', async () => {
      const id = await begin('sleeper');
      driver = await under.reopen();
      assert.equal((await driver.list()).find((one) => one.id === id)?.state, 'running');
      const heard = new Set<string>();
      driver.subscribe((one) => heard.add(one));
      await driver.signal(id, 'SIGKILL');
      await until('the news', async () => heard.has(id));
      await driver.remove(id);
      assert.deepEqual(await driver.list(), []);
    });
  });
}

const never = (): AbortSignal => new AbortController().signal;

function isCode(code: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(hasCode(error, code), `expected ${code}, got ${String(error)}`);
    return true;
  };
}
