import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '@godwit/base';
import { RehearsedMetrics, ScenarioTime, SharedLoad } from '../load/index.ts';
import type { PlannedGroup, PlannedScaling } from '../plan/index.ts';
import { Elasticity } from './elasticity.ts';

const HOUR_MS = 3_600_000;

/** A group of machines of two cores, of which each does ten a second, and a demand that is set by hand. */
function shared() {
  const clock = new VirtualClock();
  let now = 0;
  const group: PlannedGroup = {
    name: 'web',
    kind: 'Pod',
    count: 1,
    cpuMillis: 2_000,
    memoryBytes: 1,
    load: () => 0,
    percentPerWeek: 0,
    apart: undefined,
  };
  const scaling: PlannedScaling = { demand: () => now, perCore: 10, startsInMs: 0, scaler: { replicas: 1 } };
  const load = new SharedLoad(group, scaling, new ScenarioTime(clock, 0), () => true);
  const metrics = new RehearsedMetrics(
    { meant: ({ namespace }) => (namespace === 'sim-web' ? load : undefined) },
    clock,
  );
  const set = (demand: number) => {
    now = demand;
  };
  return { load, metrics, set };
}

const worker = (name: string, cores: number, ready = true) => ({ name, host: 'h', cores, memoryBytes: 1, ready });

test('nothing of nothing: no machines, no demand, no numbers that are none', async () => {
  const { load, metrics } = shared();
  assert.equal(load.meanShare, 0);
  assert.deepEqual(await metrics.machines({ kind: 'Pod', namespace: 'sim-web', selector: '' }), []);
  const elasticity = new Elasticity(load);
  for (const value of Object.values(elasticity.result())) assert.ok(!Number.isNaN(value), `${value}`);
  await assert.rejects(metrics.machines({ kind: 'Pod', namespace: 'default', selector: '' }), /shares a demand/);
});

test('demand is divided by size; who has too much to do is busy and no more, and what is left over is counted', async () => {
  const { load, metrics, set } = shared();
  load.put('a', worker('a', 2));
  load.put('b', worker('b', 4));
  load.put('c', worker('c', 2, false));
  const used = async () =>
    (await metrics.machines({ kind: 'Pod', namespace: 'sim-web', selector: '' })).map(
      ({ parts }) => parts[0]?.cpuCores,
    );
  set(30);
  assert.deepEqual(await used(), [1, 2, 0]);
  set(90);
  assert.deepEqual(await used(), [2, 4, 0]);
  const total = { of: 'object', namespace: 'sim-web', kind: 'Service', name: 'web', metric: 'requests' } as const;
  assert.deepEqual(await metrics.values(total), [{ value: 90 }]);
  const machines = { kind: 'Pod', namespace: 'sim-web', selector: '' } as const;
  const each = await metrics.values({ of: 'machines', machines, endpoints: [], metric: 'requests' });
  assert.deepEqual(each, [
    { name: 'a', value: 30 },
    { name: 'b', value: 60 },
    { name: 'c', value: 0 },
  ]);
  const elasticity = new Elasticity(load);
  elasticity.pass(3, HOUR_MS);
  set(30);
  elasticity.pass(5, HOUR_MS);
  elasticity.charge(0.5);
  const found = elasticity.result();
  // Five machines were needed and three served; then two, and three served.
  assert.deepEqual(
    [found.least, found.mean, found.most, found.under, found.over, found.timeUnder, found.timeOver],
    [3, 4, 5, 0.2, 0.25, 0.5, 0.5],
  );
  assert.deepEqual(
    [found.unserved, found.neededCoreHours, found.machineHours, found.coreHours, found.cost],
    [3 / 12, 12, 8, 16, 8],
  );
});
