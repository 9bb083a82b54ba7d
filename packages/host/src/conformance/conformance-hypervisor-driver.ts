import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Clock, hasCode } from '@godwit/base';
import type {
  GuestEvent,
  GuestView,
  HypervisorDriver,
  LaunchRequest,
  PrepareRequest,
  VolumeRequest,
} from '../hypervisor-driver.ts';

/** How the suite gets at one implementation. */
export interface HypervisorUnderTest {
  readonly driver: HypervisorDriver;
  readonly clock: Clock;
  /**
   * A machine with one socket and 192 MiB that may have two and 1 GiB, whose guest has an agent and listens to its
   * power button.
   */
  readonly spec: LaunchRequest['spec'];
  readonly kernel?: PrepareRequest['kernel'];
  /** As after a crash of the program: another driver over the same machines. */
  reopen(): Promise<HypervisorDriver>;
  /** Ends a machine's process from outside, as `kill -9` does. */
  crash(uid: string): void;
  close(): Promise<void>;
}

const MIB = 2 ** 20;
const POLL_MS = 10;
const PATIENCE_MS = 180_000;
const UID = '0c0ffee0-0000-4000-8000-0000000000';
const signal = new AbortController().signal;

export function testHypervisorDriver(name: string, open: () => Promise<HypervisorUnderTest>): void {
  describe(`hypervisor driver: ${name}`, { concurrency: 1 }, () => {
    let under: HypervisorUnderTest;
    let driver: HypervisorDriver;
    let events: { uid: string; event: GuestEvent }[] = [];
    const one = `${UID}01`;
    const two = `${UID}02`;

    const listen = () => driver.listen((uid, event) => events.push({ uid, event }));
    const prepare = (uid: string, volumes: readonly VolumeRequest[] = []) => {
      const kernel = under.kernel;
      return driver.prepare(
        { uid, namespace: 'suite', name: uid.slice(-2), volumes, ...(kernel && { kernel }) },
        signal,
      );
    };
    const launch = async (uid: string, held = false): Promise<GuestView> => {
      const prepared = await prepare(uid);
      const { spec } = under;
      return driver.launch({ uid, namespace: 'suite', name: uid.slice(-2), spec, prepared, interfaces: [], held });
    };
    const until = async (what: string, holds: () => boolean): Promise<void> => {
      for (const endMs = under.clock.monotonic() + PATIENCE_MS; !holds(); ) {
        if (under.clock.monotonic() > endMs) throw new Error(`waited too long for: ${what}`);
        await under.clock.sleep(POLL_MS);
      }
    };
    const heard = (uid: string, test: (event: GuestEvent) => boolean) =>
      until('an event', () => events.some((entry) => entry.uid === uid && test(entry.event)));
    const code = (wanted: string) => (error: unknown) => hasCode(error, wanted);

    before(async () => {
      under = await open();
      driver = under.driver;
      listen();
    });
    after(() => under.close());

    test('a machine that was never there: nothing to adopt, nothing to end, nothing to talk to', async () => {
      assert.equal(await driver.adopt(one), undefined);
      await driver.kill(one);
      await driver.clean(one);
      await assert.rejects(async () => driver.pause(one), code('not-running'));
      await assert.rejects(async () => driver.console(one), code('not-running'));
      assert.deepEqual(await driver.list(), []);
    });

    test('what it is to boot from and is not here is told by code', async () => {
      const image = { type: 'image', image: 'localhost/none:latest', pullPolicy: 'Never' } as const;
      await assert.rejects(prepare(one, [{ name: 'root', source: image }]), code('image-not-found'));
      const volume = { type: 'persistent', volume: 'none', sizeBytes: MIB, readOnly: false, ephemeral: false } as const;
      await assert.rejects(prepare(one, [{ name: 'root', source: volume }]), code('disk-not-found'));
    });

    test('a launch runs the guest; another one finds it running', async () => {
      const view = await launch(one);
      assert.equal(view.run, 'running');
      assert.deepEqual([view.sockets, view.memoryBytes], [1, 192 * MIB]);
      assert.deepEqual(await driver.list(), [one]);
      const { spec } = under;
      const request = {
        uid: one,
        namespace: 'suite',
        name: '01',
        spec,
        prepared: { volumes: [] },
        interfaces: [],
        held: false,
      };
      assert.equal((await driver.launch(request)).startedAtMs, view.startedAtMs);
    });

    test('pause and resume, each told by an event', async () => {
      events = [];
      await driver.pause(one);
      await heard(one, (event) => event.type === 'run' && event.run === 'paused');
      assert.equal((await driver.adopt(one))?.run, 'paused');
      await driver.resume(one);
      await heard(one, (event) => event.type === 'run' && event.run === 'running');
    });

    test('console, screen and picture', async () => {
      for (const channel of [await driver.console(one), await driver.screen(one)]) {
        for await (const bytes of channel.incoming) {
          assert.ok(bytes.length > 0);
          break;
        }
        channel.abort();
      }
      assert.deepEqual([...(await driver.screenshot(one)).subarray(1, 4)], [0x50, 0x4e, 0x47]);
    });

    test('the agent comes, answers what it knows and refuses what it does not', async () => {
      for (const endMs = under.clock.monotonic() + PATIENCE_MS; !(await driver.adopt(one))?.agentConnected; ) {
        assert.ok(under.clock.monotonic() < endMs, 'the agent comes');
        await under.clock.sleep(POLL_MS);
      }
      assert.deepEqual(await driver.askAgent(one, 'guest-ping', undefined, 120_000), {});
      await assert.rejects(driver.askAgent(one, 'guest-no-such-thing', undefined, 120_000), code('agent-error'));
    });

    test('it grows as far as it was made able to, and no further', async () => {
      await driver.setSockets(one, 2);
      await driver.growMemory(one, 448 * MIB);
      const view = await driver.adopt(one);
      assert.deepEqual([view?.sockets, view?.memoryBytes], [2, 448 * MIB]);
      assert.ok(view && view.balloonBytes <= view.memoryBytes);
      await driver.setSockets(one, 2);
      await assert.rejects(driver.setSockets(one, 3), code('cannot-grow'));
      await assert.rejects(driver.growMemory(one, 4096 * MIB), code('cannot-grow'));
    });

    test('it gives back, also of what it started with, and gets it again', async () => {
      const gives = async (mib: number) => {
        events = [];
        await driver.setBalloon(one, mib * MIB);
        const has = async () => (await driver.adopt(one))?.balloonBytes;
        for (const endMs = under.clock.monotonic() + PATIENCE_MS; (await has()) !== mib * MIB; ) {
          assert.ok(under.clock.monotonic() < endMs, `the guest has ${mib} MiB`);
          await under.clock.sleep(POLL_MS);
        }
        await heard(one, ({ type }) => type === 'balloon');
      };
      await gives(320);
      await gives(160);
      await gives(448);
      for (const sockets of [1, 1, 2, 1, 2]) {
        await driver.setSockets(one, sockets);
        assert.equal((await driver.adopt(one))?.sockets, sockets);
      }
      assert.equal((await driver.adopt(one))?.run, 'running');
    });

    test('what it uses can be measured', async () => {
      const usage = await driver.measure(one);
      assert.ok(usage.residentBytes > 0);
      const cheap = driver.usage().get(one);
      assert.ok(cheap && cheap.residentBytes > 0 && cheap.cpuSeconds >= usage.cpuSeconds);
      assert.equal(driver.usage().has('never-heard-of'), false);
    });

    test('another driver adopts what the first one started', async () => {
      const before = await driver.adopt(one);
      driver = await under.reopen();
      listen();
      const after = await driver.adopt(one);
      assert.equal(after?.startedAtMs, before?.startedAtMs);
      assert.equal(after?.run, 'running');
    });

    test('the power button, and power again', async () => {
      events = [];
      await driver.powerDown(one);
      await heard(one, (event) => event.type === 'run' && event.run === 'shutdown');
      assert.equal((await driver.adopt(one))?.run, 'shutdown');
      await driver.reset(one);
      await driver.resume(one);
      await heard(one, (event) => event.type === 'run' && event.run === 'running');
    });

    test('a machine can be held before its first instruction', async () => {
      assert.equal((await launch(two, true)).run, 'paused');
      await driver.resume(two);
      assert.equal((await driver.adopt(two))?.run, 'running');
    });

    test('a process that dies is told of', async () => {
      events = [];
      under.crash(two);
      await heard(two, (event) => event.type === 'ended');
      assert.equal(await driver.adopt(two), undefined);
    });

    test('after kill and clean nothing is left', async () => {
      await driver.kill(one);
      assert.equal(await driver.adopt(one), undefined);
      for (const uid of [one, two]) await driver.clean(uid);
      assert.deepEqual(await driver.list(), []);
    });
  });
}
