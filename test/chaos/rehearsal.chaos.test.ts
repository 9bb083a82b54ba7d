import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScenarioSpec } from '@godwit/kinds';
import {
  makePlan,
  makeReport,
  readScenario,
  rehearse,
  renderPage,
  renderText,
} from '../../apps/godwit/src/sim/rehearsal/index.ts';

const noTraces = (path: string): string => assert.fail(`nobody asked for ${path}`);
const silent = (): void => undefined;

const SMALL: ScenarioSpec = {
  duration: '2h',
  sampleEvery: '10m',
  hosts: [{ name: 'host', count: 6, cpu: '8', memory: '32Gi', racks: 3 }],
  machines: [
    { name: 'desk', count: 12, cpu: '1', memory: '2Gi', load: { constant: 0.5 } },
    { name: 'shop', kind: 'Pod', count: 6, cpu: '500m', memory: '1Gi', load: { low: 0, high: 1 } },
  ],
  events: [{ at: '30m', lose: { rack: 'rack-1' }, for: '30m' }],
};

const runOf = async (spec: ScenarioSpec) => {
  const plan = makePlan('small', spec, noTraces);
  const [policy] = plan.policies;
  assert.ok(policy);
  return { plan, run: await rehearse(plan, policy, silent) };
};

test('machines of a rack that is lost run elsewhere once it is sure that they do not run there', async () => {
  const { run } = await runOf(SMALL);
  assert.equal(run.samples.length, 13);
  const [loss] = run.losses;
  assert.equal(loss?.hosts, 2);
  assert.equal(loss?.missing, 0);
  // The lease runs out after 40 s, and 20 s later the hosts are known to be off.
  assert.ok(loss.longestMs !== undefined && loss.longestMs >= 60_000 && loss.longestMs < 75_000, `${loss.longestMs}`);
  const { hostsOn, running } = run.samples[4] ?? {};
  assert.deepEqual({ hostsOn, running }, { hostsOn: 4, running: 18 });
  assert.equal(run.samples.at(-1)?.hostsOn, 6);
  // Six of eighteen machines for a minute of two hours.
  assert.ok(run.availability > 0.995 && run.availability < 0.998, `${run.availability}`);
});

test('a host that comes back before anybody has missed it starts its machines again', async () => {
  const { run } = await runOf({ ...SMALL, events: [{ at: '30m', lose: { rack: 'rack-1' }, for: '20s' }] });
  assert.equal(run.losses[0]?.missing, 0);
  assert.ok((run.losses[0]?.longestMs ?? 0) < 60_000, `${run.losses[0]?.longestMs}`);
  assert.equal(run.samples.at(-1)?.running, 18);
});

test('a run is the same run again, and another one with another seed or load', async () => {
  const { run } = await runOf(SMALL);
  assert.equal((await runOf(SMALL)).run.hash, run.hash);
  const busier: ScenarioSpec = {
    ...SMALL,
    machines: [{ name: 'desk', count: 12, cpu: '1', memory: '2Gi', load: { constant: 1 } }],
  };
  assert.notEqual((await runOf(busier)).run.hash, run.hash);
});

test('the questions are answered by placing', async () => {
  const { run } = await runOf({ ...SMALL, events: [] });
  const { more, growth, fewest, lost } = run.answers;
  // 48 cores, of which 15 are promised; some hosts are left with half a core that is of no use to a desk.
  assert.deepEqual(Object.fromEntries(more.map(({ group, machines }) => [group, machines])), { desk: 30, shop: 66 });
  assert.equal(growth.percentPerWeek, 3);
  assert.ok(growth.weeks !== undefined && growth.weeks > 35 && growth.weeks < 50, `${growth.weeks}`);
  assert.deepEqual(fewest, { hosts: 3, reserve: 1, least: 2, of: 6 });
  assert.ok(lost.every(({ homeless }) => homeless === 0));
  assert.deepEqual(run.reserveLostMs, []);
});

test('what is asked for and cannot be is refused, and said', async () => {
  const machines = [{ name: 'big', count: 7, cpu: '6', memory: '8Gi' }];
  const { run } = await runOf({ ...SMALL, machines, events: [] });
  assert.equal(run.samples.at(-1)?.running, 6);
  assert.match(run.refusals[0]?.message ?? '', /Insufficient cpu/);
  assert.equal(run.reserveLostMs.length, run.samples.length);
});

test('growth and orders make machines more and fewer', async () => {
  const machines = [{ name: 'desk', count: 10, cpu: '1', memory: '1Gi', growth: { percentPerWeek: 1000 } }];
  const events = [{ at: '1h', add: { machines: 'desk', count: 5 }, for: '30m' }];
  const { run } = await runOf({ ...SMALL, duration: '1d', sampleEvery: '6h', machines, events });
  assert.equal(run.samples[0]?.running, 10);
  assert.equal(run.samples.at(-1)?.wanted, 14);
});

test('a report is told in words, in both languages, and as one page without scripts', async () => {
  const plan = makePlan(
    '<small>',
    { ...SMALL, policies: [{ name: 'a' }, { name: 'b', placement: { strategy: 'pack' } }] },
    noTraces,
  );
  const runs = [];
  for (const policy of plan.policies) runs.push(await rehearse(plan, policy, silent));
  const report = makeReport(plan, runs);
  const text = renderText(report);
  assert.match(text, /more of desk fit/);
  assert.match(text, /rack-1, lost after 30 min/);
  assert.match(text, /Tried was the loss of every single host/);
  const page = renderPage(report);
  assert.match(page, /&lt;small&gt;/);
  assert.match(page, /还能再放下/);
  assert.match(page, /逐一失去每台主机/);
  assert.doesNotMatch(page, /<script|https?:|undefined|NaN/);
});

test('a scenario that the API would refuse is refused', async () => {
  const item = (spec: unknown) => ({
    apiVersion: 'godwit.dev/v1alpha1',
    kind: 'Scenario',
    metadata: { name: 'x' },
    spec,
  });
  await assert.rejects(readScenario(item({ duration: 'soon' })), /spec.duration/);
  await assert.rejects(readScenario(item({ hostss: [] })), /hostss/);
  assert.equal((await readScenario(item({ duration: '1h' }))).spec.duration, '1h');
  assert.throws(
    () => makePlan('x', { ...SMALL, events: [{ at: '1m', lose: { rack: 'rack-9' } }] }, noTraces),
    /rack-9/,
  );
});

test('of many hosts only the heaviest are tried for the reserve, and the report says so', async () => {
  const hosts = [{ name: 'host', count: 41, cpu: '8', memory: '32Gi' }];
  const { plan, run } = await runOf({ ...SMALL, duration: '10m', hosts, events: [] });
  assert.deepEqual(run.reserveCheck, { tried: 8, of: 41, together: false });
  const report = makeReport(plan, [run]);
  assert.match(renderText(report), /each of the 8 heaviest of 41 hosts, not of the others/);
  const two = { ...run, reserveCheck: { tried: 2, of: 41, together: true } };
  assert.match(renderPage(makeReport(plan, [two])), /the 2 heaviest of 41 hosts at once.*/);
});
