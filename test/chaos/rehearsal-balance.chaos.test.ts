import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScenarioPolicy, ScenarioSpec } from '@godwit/kinds';
import {
  makePlan,
  makeReport,
  type Run,
  readScenario,
  rehearse,
  renderPage,
  renderText,
} from '../../apps/godwit/src/sim/rehearsal/index.ts';

const silent = (): void => undefined;
const noTraces = (path: string): string => assert.fail(`nobody asked for ${path}`);

const THRIFTY: ScenarioPolicy = {
  name: 'thrifty',
  placement: { strategy: 'energy', overcommit: { cpu: 2 } },
  balance: { mode: 'automatic' },
  power: { mode: 'automatic', wakeSeconds: 120 },
};

/** Machines that are idle at first and busy later, on hosts that need not all be on until then. */
const DAY: ScenarioSpec = {
  duration: '12h',
  sampleEvery: '10m',
  hosts: [
    { name: 'host', count: 8, cpu: '8', memory: '64Gi', racks: 4, idleWatts: 100, fullWatts: 300, sleepWatts: 4 },
  ],
  machines: [
    { name: 'desk', count: 24, cpu: '2', memory: '3Gi', load: { low: 0.05, high: 0.9, peakAt: '10h' } },
    { name: 'shop', kind: 'Pod', count: 12, cpu: '1', memory: '1Gi', load: { low: 0.05, high: 0.9, peakAt: '10h' } },
  ],
};

async function runsOf(spec: ScenarioSpec, ...policies: ScenarioPolicy[]) {
  const plan = makePlan('day', { ...spec, policies }, noTraces);
  const runs: Run[] = [];
  for (const policy of plan.policies) runs.push(await rehearse(plan, policy, silent));
  return { plan, runs, report: makeReport(plan, runs) };
}

const hostsOnAt = ({ samples }: Run, hours: number) => samples[hours * 6]?.hostsOn ?? 0;

test('hosts sleep while little is to be done, wake when the load rises, and machines move while they run', async () => {
  const { runs, report } = await runsOf(DAY, { name: 'spread' }, THRIFTY);
  const [spread, thrifty] = runs as [Run, Run];
  assert.equal(Math.min(...spread.samples.map(({ hostsOn }) => hostsOn)), 8);
  assert.ok(hostsOnAt(thrifty, 2) <= 6, `${hostsOnAt(thrifty, 2)}`);
  assert.ok(hostsOnAt(thrifty, 10) > hostsOnAt(thrifty, 2), `${hostsOnAt(thrifty, 10)}`);
  assert.ok(thrifty.energy < spread.energy);
  const { counts, latest, reasons } = thrifty.deeds;
  assert.ok(counts['hosts put to sleep'] > 0 && counts['hosts woken'] > 0);
  assert.ok(thrifty.carried.machines > 0);
  assert.equal(thrifty.carried.machines + thrifty.carried.failed, counts['machines moved']);
  // Carrying a guest costs it nothing: who is moved runs on, and is on one host.
  assert.equal(thrifty.moves, 0);
  for (const { running, wanted } of thrifty.samples.slice(0, 12)) assert.equal(running, wanted);
  assert.deepEqual(new Set(latest.map(({ record }) => record.do)), new Set(['move', 'power']));
  assert.equal(
    reasons.reduce((sum, { count }) => sum + count, 0),
    Object.values(counts).reduce((sum, count) => sum + count, 0),
  );
  assert.match(
    latest.find(({ record }) => record.do === 'power')?.explanation ?? '',
    /^It was switched (on|off) because /,
  );
  const text = renderText(report);
  assert.match(text, /Hosts were put to sleep \d+ times and woken \d+ times/);
  assert.match(text, /virtual machines were moved while they ran/);
  assert.doesNotMatch(renderPage(report), /<script|https?:|undefined|NaN/);
});

test('the same policy, scenario and seed are the same run', async () => {
  const short = { ...DAY, duration: '3h' };
  const [one, other] = [await runsOf(short, THRIFTY), await runsOf(short, THRIFTY)];
  assert.equal(one.runs[0]?.hash, other.runs[0]?.hash);
});

test('machines of a lost rack wait for hosts that are woken, and the report says so', async () => {
  const few = {
    ...DAY,
    duration: '4h',
    machines: [{ name: 'desk', count: 24, cpu: '2', memory: '3Gi', load: { constant: 0.05 } }],
    events: [{ at: '2h', lose: { rack: 'rack-0' }, for: '1h' }],
  };
  const { runs } = await runsOf(few, {
    ...THRIFTY,
    placement: { strategy: 'energy' },
    reserve: { hosts: 0 },
  });
  const [run] = runs as [Run];
  assert.equal(run.samples[11]?.hostsOn, 6);
  const [loss] = run.losses;
  assert.equal(loss?.missing, 0);
  // Half a minute and more until the lease has run out, 20 s until they are known to be off, and two minutes to wake.
  assert.ok((loss?.longestMs ?? 0) >= 180_000 && (loss?.longestMs ?? 0) < 200_000, `${loss?.longestMs}`);
  assert.deepEqual(run.reserveLostMs.length > 0, true);
  assert.deepEqual(
    run.answers.more.map(({ machines, now }) => machines > now),
    [true],
  );
  assert.ok(run.answers.lost.some(({ homeless, waiting }) => homeless === 0 && waiting > 0));
  assert.match(renderText(makeReport(makePlan('few', few, noTraces), runs)), /once those asleep were woken it held/);
});

test('a host that sleeps and has no power cannot be woken, and sleeps on when it has power again', async () => {
  const few: ScenarioSpec = {
    ...DAY,
    duration: '5h',
    machines: [{ name: 'desk', count: 12, cpu: '2', memory: '3Gi', load: { constant: 0.05 } }],
    events: [
      { at: '2h', lose: { rack: 'rack-1' }, for: '2h' },
      { at: '150m', add: { machines: 'desk', count: 8 }, for: '30m' },
    ],
  };
  const { runs } = await runsOf(few, { ...THRIFTY, placement: { strategy: 'energy' }, reserve: { hosts: 0 } });
  const [run] = runs as [Run];
  const { hostsOn, hostsAsleep } = run.samples[13] ?? {};
  assert.ok(hostsOn !== undefined && hostsAsleep !== undefined && hostsOn + hostsAsleep === 6);
  assert.equal(run.samples[17]?.running, 20);
  assert.equal((run.samples.at(-1)?.hostsOn ?? 0) + (run.samples.at(-1)?.hostsAsleep ?? 0), 8);
});

test('a policy that only advises moves and switches nothing', async () => {
  const { runs, report } = await runsOf(
    { ...DAY, duration: '2h' },
    { ...THRIFTY, balance: { mode: 'advise' }, power: { mode: 'advise' } },
  );
  const [run] = runs as [Run];
  assert.deepEqual(Object.values(run.deeds.counts), [0, 0, 0, 0, 0]);
  assert.equal(Math.min(...run.samples.map(({ hostsOn }) => hostsOn)), 8);
  assert.match(renderText(report), /The policy only advises/);
});

test('policies of a scenario are checked like BalancePolicies', async () => {
  const item = (policy: unknown) => ({
    apiVersion: 'godwit.dev/v1alpha1',
    kind: 'Scenario',
    metadata: { name: 'x' },
    spec: { policies: [policy] },
  });
  const power = { mode: 'automatic' };
  await assert.rejects(readScenario(item({ name: 'a', power })), /spec.policies\[0\].power.mode/);
  await assert.rejects(
    readScenario(item({ name: 'a', balance: { mode: 'automatic', maximumMovesPerHour: 0 } })),
    /maximumMovesPerHour/,
  );
  await assert.rejects(readScenario(item({ name: 'a', reserve: { hosts: -1 } })), /reserve.hosts/);
  await readScenario(item({ name: 'a', placement: { strategy: 'energy' }, power }));
});
