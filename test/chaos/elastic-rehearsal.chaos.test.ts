import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScenarioAutoscale, ScenarioMachines, ScenarioSpec } from '@godwit/kinds';
import { makePlan, makeReport, rehearse, renderPage, renderText } from '../../apps/godwit/src/sim/rehearsal/index.ts';

const noTraces = (path: string): string => assert.fail(`nobody asked for ${path}`);

const half: ScenarioAutoscale = {
  horizontal: {
    minReplicas: 2,
    maxReplicas: 30,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }],
  },
};
const requests = { name: 'requests', type: 'requests', service: 'shop', target: { value: '50' } } as const;

/** Five machines are busy with it, ten of them half; twice as much from one hour on for half an hour. */
const SHOP: ScenarioMachines = {
  name: 'shop',
  kind: 'Pod',
  count: 10,
  cpu: '1',
  memory: '1Gi',
  startsIn: '40s',
  demand: { constant: 500, perCore: 100, spikes: [{ at: '1h', for: '30m', times: 2 }] },
  autoscale: half,
};

function specOf(shop: Partial<ScenarioMachines>, more: Partial<ScenarioSpec> = {}): ScenarioSpec {
  return {
    duration: '2h',
    sampleEvery: '10m',
    hosts: [{ name: 'host', count: 4, cpu: '16', memory: '64Gi', pricePerHour: 1 }],
    machines: [{ ...SHOP, ...shop }],
    ...more,
  };
}

async function runsOf(spec: ScenarioSpec) {
  const plan = makePlan('shop', spec, noTraces);
  const runs = [];
  for (const policy of plan.policies) runs.push(await rehearse(plan, policy, () => undefined));
  return { plan, runs };
}

async function only(spec: ScenarioSpec) {
  const { runs } = await runsOf(spec);
  const [run] = runs;
  const found = run?.elasticity[0];
  assert.ok(run && found);
  const at = (minutes: number) => found.samples.findLast(({ atMs }) => atMs <= minutes * 60_000);
  return { run, found, at };
}

test('a HorizontalPodAutoscaler follows the demand by its own rules, and what starts serves nothing yet', async () => {
  const { run, found, at } = await only(specOf({}));
  assert.deepEqual(at(30), { atMs: 1_800_000, needed: 5, wanted: 10, serving: 10 });
  // Busy all the time, they are twice as busy as they are to be.
  assert.deepEqual([at(75)?.needed, at(75)?.wanted, at(75)?.serving], [10, 20, 20]);
  // Down only five minutes after the spike.
  assert.equal(at(93)?.wanted, 20);
  assert.equal(at(110)?.wanted, 10);
  // Ten that serve can just carry twice as much.
  assert.equal(found.unserved, 0);
  assert.equal(found.timeUnder, 0);
  assert.equal(run.samples.at(-1)?.wanted, 10);
  assert.ok(run.availability > 0.999, `${run.availability}`);
});

test('what machines that serve cannot carry is told, while others start', async () => {
  const { found } = await only(specOf({ demand: { ...SHOP.demand, spikes: [{ at: '1h', for: '30m', times: 4 }] } }));
  // Twenty are needed and ten serve until ten more do: at most 15 s to the look, 40 s to the start, and some on top.
  const seconds = found.timeUnder * 7_200;
  assert.ok(seconds >= 40 && seconds <= 90, `${seconds}`);
  assert.ok(found.unserved > 0.005 && found.unserved < 0.02, `${found.unserved}`);
  assert.ok(found.most > 20, `${found.most}`);
});

test('every change leaves a decision that says why', async () => {
  const { found } = await only(specOf({}));
  assert.ok(found.actionCount >= 2, `${found.actionCount}`);
  assert.equal(found.actions.length, found.actionCount);
  assert.match(found.actions[0]?.explanation ?? '', /because cpu asks for 20 machines/);
  assert.deepEqual(found.actions.at(-1)?.to, { machines: 10 });
  for (const { atMs, why } of found.actions) assert.ok(atMs >= 3_600_000 && why);
});

test('an ElasticPolicy is asked every two seconds, and is as quick here', async () => {
  const { found } = await only(specOf({ autoscale: { elastic: { out: { maxReplicas: 30 }, metrics: [requests] } } }));
  const [first] = found.actions;
  assert.ok(first && first.atMs - 3_600_000 <= 2_000, `${first?.atMs}`);
  assert.deepEqual(first.to, { machines: 20 });
});

test('virtual machines are a pool, and scaled as pods are', async () => {
  const { found, at } = await only(specOf({ kind: 'VirtualMachine' }));
  assert.deepEqual([at(30)?.serving, at(75)?.serving, at(115)?.serving], [10, 20, 10]);
  assert.equal(found.scaler, 'HorizontalPodAutoscaler');
});

test('pods grow where they run, by what a policy prefers, and that is decided too', async () => {
  const up = { cpu: { minimum: '1', maximum: '4', step: '1' } };
  const elastic = { up, out: { minReplicas: 5, maxReplicas: 30 }, prefer: 'up', metrics: [requests] } as const;
  const { found, at } = await only(specOf({ count: 5, autoscale: { elastic } }));
  assert.deepEqual([at(30)?.serving, at(30)?.wanted], [10, 5]);
  assert.deepEqual([at(75)?.serving, at(75)?.wanted], [20, 5]);
  assert.equal(found.actions.find(({ atMs }) => atMs >= 3_600_000)?.to.cpu, 4000);
});

test('a pool of virtual machines grows in both ways: larger first, where that is preferred, and then more', async () => {
  const up = { cpu: { minimum: '1', maximum: '2', step: '1' } };
  const elastic = { out: { minReplicas: 1, maxReplicas: 30 }, up, prefer: 'up', metrics: [requests] } as const;
  const { found, at } = await only(specOf({ kind: 'VirtualMachine', count: 10, autoscale: { elastic } }));
  // Ten cores are asked for, and twenty while there is twice as much to do: in machines of two.
  assert.deepEqual([at(30)?.wanted, at(30)?.serving], [5, 10]);
  assert.deepEqual([at(75)?.wanted, at(75)?.serving], [10, 20]);
  assert.equal(at(115)?.wanted, 5);
  assert.equal(found.unserved, 0);
});

test('one virtual machine grows: sockets are plugged', async () => {
  const up = { cpu: { minimum: '1', maximum: '8', step: '1' } };
  const elastic = { up, metrics: [{ ...requests, target: { value: '100' } }] };
  const demand = { constant: 200, perCore: 100, spikes: [{ at: '1h', for: '30m', times: 2.5 }] };
  const { found, at } = await only(specOf({ kind: 'VirtualMachine', count: 1, demand, autoscale: { elastic } }));
  assert.deepEqual([at(30)?.serving, at(75)?.serving], [2, 5]);
  assert.ok(found.actions.at(-1)?.to.cpu);
});

test('it sleeps when there is nothing to do, and wakes when there is', async () => {
  const elastic = { out: { minReplicas: 0, maxReplicas: 30 }, metrics: [requests] };
  const spikes = [{ at: '10m', for: '50m', times: 0 }];
  const { found, at } = await only(specOf({ demand: { constant: 500, perCore: 100, spikes }, autoscale: { elastic } }));
  assert.deepEqual([at(50)?.needed, at(50)?.wanted], [0, 0]);
  assert.equal(at(70)?.serving, 10);
  assert.equal(found.least, 0);
});

test('without metrics nothing changes, unless the policy says what to do then', async () => {
  const events: ScenarioSpec['events'] = [{ at: '50m', blind: { machines: 'shop' }, for: '20m' }];
  const { at, found } = await only(specOf({}, { events }));
  assert.deepEqual([at(59)?.wanted, at(69)?.wanted, at(75)?.wanted], [10, 10, 20]);
  assert.equal(found.unserved, 0);
  const elastic = { out: { maxReplicas: 30 }, metrics: [requests], lost: { afterSeconds: 300, replicas: 16 } };
  const careful = await only(specOf({ autoscale: { elastic } }, { events }));
  assert.deepEqual([careful.at(54)?.wanted, careful.at(56)?.wanted, careful.at(75)?.wanted], [10, 16, 20]);
});

test('schedules are those of the day that is rehearsed', async () => {
  const schedules = [{ name: 'work', from: '01:00', until: '01:30', minReplicas: 25 }];
  const elastic = { out: { maxReplicas: 30 }, metrics: [requests], schedules };
  const { at } = await only(specOf({ demand: { constant: 500, perCore: 100 }, autoscale: { elastic } }));
  assert.deepEqual([at(59)?.wanted, at(61)?.wanted, at(89)?.wanted, at(95)?.wanted], [10, 25, 25, 10]);
});

test('machines of a lost rack serve nothing, and others take over', async () => {
  const hosts = [{ name: 'host', count: 4, cpu: '16', memory: '64Gi', racks: 4 }];
  const events = [{ at: '30m', lose: { rack: 'rack-1' } }];
  const demand = { constant: 900, perCore: 100 };
  const { run, found } = await only(specOf({ demand, autoscale: { replicas: 10 } }, { hosts, events }));
  assert.equal(run.losses[0]?.missing, 0);
  assert.ok(found.unserved > 0 && found.timeUnder > 0);
  assert.equal(found.actionCount, 0);
});

test('what finds no host is refused, counted and told', async () => {
  const hosts = [{ name: 'host', count: 1, cpu: '12', memory: '64Gi' }];
  const { run, found } = await only(specOf({}, { hosts }));
  assert.ok(run.availability < 1);
  assert.match(run.refusals[0]?.message ?? '', /Insufficient cpu/);
  assert.equal(found.most, 20);
});

test('policies that scale in different ways are compared by what they serve, then by what they take', async () => {
  const policies: ScenarioSpec['policies'] = [
    { name: 'as it is' },
    { name: 'ten', autoscale: [{ machines: 'shop', replicas: 10 }] },
    { name: 'four', autoscale: [{ machines: 'shop', replicas: 4 }] },
  ];
  const { plan, runs } = await runsOf(specOf({}, { policies }));
  const report = makeReport(plan, runs);
  assert.deepEqual(report.best, { policy: 'ten', by: 'coreHours' });
  const [, , four] = runs;
  assert.ok((four?.elasticity[0]?.unserved ?? 0) > 0.2);
  const text = renderText(report);
  assert.match(text, /ten is better for you: it does with fewer machines/);
  assert.match(text, /Following the demand/);
  const page = renderPage(report);
  assert.match(page, /供给如何跟随需求/);
  assert.match(page, /because cpu asks for 20/);
  assert.doesNotMatch(page, /<script|https?:|undefined|NaN/);
});

test('a run is the same run again', async () => {
  const spec = specOf(
    { autoscale: { elastic: { out: { maxReplicas: 30 }, metrics: [requests] } } },
    { duration: '1h' },
  );
  const [first, second] = [await only(spec), await only(spec)];
  assert.equal(first.run.hash, second.run.hash);
  assert.deepEqual(first.found, second.found);
});
