import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ConfigMap, configMap } from '@godwit/kinds';
import { after, blocked, done, type Outcome, type Reconciler } from '../reconciler.ts';
import { SimulatedCloud } from '../test-support/simulated-cloud.ts';
import { Controllers } from './controllers.ts';
import { wake } from './wake.ts';

interface Bench {
  readonly cloud: SimulatedCloud;
  readonly controllers: Controllers;
  /** Names in the order in which they were worked on. */
  readonly seen: string[];
  readonly put: (name: string, data?: Record<string, string>) => Promise<ConfigMap>;
}

/** A controller of ConfigMaps that does what `act` says. */
async function withController(
  act: (name: string, seen: readonly string[]) => Outcome | Promise<Outcome>,
  run: (bench: Bench) => Promise<void>,
  more: Partial<Reconciler> = {},
  names?: (object: ConfigMap) => readonly string[],
): Promise<void> {
  const cloud = await SimulatedCloud.start();
  const { client } = cloud.client();
  const seen: string[] = [];
  const reconcile = async (name: string) => {
    seen.push(name);
    return await act(name, seen);
  };
  const wakes = [wake(client.cache(configMap), names)];
  const controllers = new Controllers([{ name: 'test', wakes, reconcile, ...more }], cloud.world);
  const stop = new AbortController();
  const running = controllers.run(stop.signal);
  const put = async (name: string, data: Record<string, string> = {}) => {
    const where = { namespace: 'default', name };
    const resource = client.resource(configMap);
    if (!(await resource.find(where))) return await resource.create({ metadata: where, data });
    return await resource.modify(where, (draft) => {
      draft.data = data;
    });
  };
  try {
    await run({ cloud, controllers, seen, put });
  } finally {
    stop.abort();
    await running;
    await cloud.close();
  }
}

const reportOf = (bench: Bench) => {
  const [report] = bench.controllers.reports();
  assert.ok(report);
  return report;
};

test('every change wakes its name, and so does the beginning', () =>
  withController(
    () => done,
    async ({ cloud, seen, put }) => {
      await put('a');
      await cloud.until('a is seen', () => seen.includes('default/a'));
      const before = seen.length;
      await put('a', { changed: 'yes' });
      await cloud.until('a is seen again', () => seen.slice(before).includes('default/a'));
    },
  ));

test('the object before a change wakes its names too', () =>
  withController(
    () => done,
    async ({ cloud, seen, put }) => {
      await put('x', { group: 'red' });
      await cloud.until('red', () => seen.includes('red'));
      seen.length = 0;
      await put('x', { group: 'blue' });
      await cloud.until('red and blue', () => seen.includes('red') && seen.includes('blue'));
    },
    {},
    (object) => [object.data?.group ?? 'none'],
  ));

test('after: looked at again then; why is told until it is done', () =>
  withController(
    (name, seen) =>
      name !== 'default/a' || seen.filter((one) => one === name).length > 2 ? done : after(60_000, 'not yet'),
    async (bench) => {
      const { cloud, seen, put } = bench;
      await put('a');
      const times = () => seen.filter((one) => one === 'default/a').length;
      await cloud.until('once', () => times() === 1);
      assert.equal(reportOf(bench).troubled[0]?.why, 'not yet');
      await cloud.pass(59_000);
      assert.equal(times(), 1);
      await cloud.until('three times', () => times() === 3, 65_000);
      await cloud.until('done', () => reportOf(bench).troubled.length === 0);
    },
  ));

test('blocked: left alone until something changes, and the reason is told', () =>
  withController(
    (name) => (name === 'default/a' ? blocked('its claim', 'no volume yet') : done),
    async (bench) => {
      const { cloud, seen, put } = bench;
      await put('a');
      await cloud.until('seen', () => seen.includes('default/a'));
      await cloud.pass(100_000);
      assert.equal(seen.filter((one) => one === 'default/a').length, 1);
      const [troubled] = reportOf(bench).troubled;
      assert.deepEqual([troubled?.outcome, troubled?.why], ['blocked', 'no volume yet (until its claim changes)']);
    },
  ));

test('throwing: tried again, waiting longer each time, and the error is told', () =>
  withController(
    (name, seen) => {
      if (name === 'default/a' && seen.filter((one) => one === name).length <= 5) throw new Error('out of luck');
      return done;
    },
    async (bench) => {
      const { cloud, put } = bench;
      await put('a');
      await cloud.until('failed thrice', () => reportOf(bench).counts.failed === 3);
      assert.equal(reportOf(bench).lastError?.message, 'out of luck');
      assert.equal(reportOf(bench).troubled[0]?.failures, 3);
      const failedAtMs = cloud.clock.monotonic();
      await cloud.until('failed four times', () => reportOf(bench).counts.failed === 4);
      const waitedMs = cloud.clock.monotonic() - failedAtMs;
      assert.ok(waitedMs >= 150, `${waitedMs}`);
      await cloud.until('done', () => reportOf(bench).troubled.length === 0);
    },
  ));

test('everything is looked at again by the timer', () =>
  withController(
    () => done,
    async ({ cloud, seen, put }) => {
      await put('a');
      await cloud.until('seen', () => seen.includes('default/a'));
      seen.length = 0;
      await cloud.until('seen again', () => seen.includes('default/a'), 31_000);
    },
    { rescanMs: 30_000 },
  ));

test('never two workers on one name, and several on several', async () => {
  const working = new Map<string, number>();
  let most = 0;
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await withController(
    async (name) => {
      working.set(name, (working.get(name) ?? 0) + 1);
      assert.equal(working.get(name), 1);
      most = Math.max(most, [...working.values()].filter((count) => count > 0).length);
      await held;
      working.set(name, 0);
      return done;
    },
    async ({ cloud, seen, put }) => {
      for (const name of ['a', 'b', 'c', 'd']) await put(name);
      await cloud.until('three at once', () => most === 3);
      for (const name of ['a', 'b', 'c', 'd']) await put(name, { changed: 'yes' });
      await cloud.pass(1_000);
      assert.equal(most, 3);
      const before = seen.length;
      release();
      await cloud.until('all once more', () => seen.length >= before + 4);
    },
    { workers: 3 },
  );
});

test('it survives a restart of the API', () =>
  withController(
    () => done,
    async ({ cloud, seen, put }) => {
      await put('a');
      await cloud.until('seen', () => seen.includes('default/a'));
      await cloud.stop();
      await cloud.pass(30_000);
      await cloud.restart();
      await put('b');
      await cloud.until('the new one is seen', () => seen.includes('default/b'));
    },
  ));
