/** A cloud that runs is rehearsed as it is: over its API, and as it was saved. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Deployment, VirtualMachine } from '@godwit/kinds';
import type { Report } from '../../apps/godwit/src/sim/rehearsal/index.ts';
import { GodwitUnderTest, projectRoot, waitFor } from '../support/godwit.ts';
import { buildMyapp, buildTinyGuest } from '../support/images.ts';
import { runProgram } from '../support/kubectl.ts';

const godwit = new GodwitUnderTest();

const POLICY = `
apiVersion: godwit.dev/v1alpha1
kind: BalancePolicy
metadata: {name: default}
spec: {placement: {strategy: pack}, reserve: {hosts: 0}}
`;

/** Something that nobody may find in a saved cloud, and a machine that no host takes. */
const WAITING = `
apiVersion: v1
kind: Secret
metadata: {name: vault}
stringData: {password: hunter2}
---
apiVersion: v1
kind: Pod
metadata: {name: huge, labels: {app: huge}}
spec:
  containers:
  - name: main
    image: localhost/godwit/myapp
    env: [{name: PASSWORD, value: hunter2}]
    resources: {requests: {cpu: "900"}}
`;

/** The cloud, and three more hosts like it might get; more of what it runs; and another policy. */
const SCENARIO = `
apiVersion: godwit.dev/v1alpha1
kind: Scenario
metadata: {name: next-month}
spec:
  duration: 3h
  sampleEvery: 30m
  hosts: [{name: new, count: 3, cpu: "8", memory: 32Gi}]
  machines: [{name: more, count: 2, cpu: "1", memory: 1Gi}]
  events: [{at: 1h, lose: {host: new-0}, for: 30m}]
  policies:
  - name: thrifty
    placement: {strategy: energy}
    balance: {mode: automatic}
    power: {mode: automatic}
    reserve: {hosts: 0}
`;

before(async () => {
  await buildTinyGuest();
  await buildMyapp();
  await godwit.up();
  for (const name of ['tiny-vm.yaml', 'deployment.yaml']) {
    await godwit.kubectl('create', '-f', join(projectRoot, 'examples', name));
  }
  await godwit.apply(POLICY);
  await godwit.apply(WAITING);
  const [{ metadata }] = (JSON.parse(await godwit.kubectl('get', 'nodes', '-o', 'json')) as Nodes).items;
  await godwit.kubectl('annotate', 'node', metadata.name, 'godwit.dev/watts=40,70,90');
  await waitFor('the machines run', async () => {
    const vm = await godwit.get<VirtualMachine>('vm', 'tiny');
    const shop = await godwit.get<Deployment>('deployment', 'shop');
    return vm?.status?.printableStatus === 'Running' && shop?.status?.readyReplicas === 3;
  });
});

after(() => godwit.stop());

interface Nodes {
  readonly items: readonly [{ readonly metadata: { readonly name: string } }];
}

function sim(...options: string[]) {
  const program = join(projectRoot, 'apps/godwit/src/main.ts');
  return runProgram(process.execPath, [program, 'sim', ...options], { timeoutMs: 300_000 });
}

async function rehearse(from: string, ...options: string[]) {
  const scenario = join(godwit.state, 'scenario.yaml');
  writeFileSync(scenario, SCENARIO);
  return sim(scenario, '--from', from, ...options);
}

async function reportFrom(from: string): Promise<Report> {
  const { status, stdout, stderr } = await rehearse(from, '--json');
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as Report;
}

function assertKnown(report: Report): void {
  // One of the cloud and three described; one virtual machine and four pods of the cloud, and two described.
  assert.deepEqual([report.hosts, report.machines], [4, 7]);
  assert.deepEqual(
    report.runs.map(({ policy }) => policy),
    ['as it is', 'thrifty'],
  );
  const [asItIs, thrifty] = report.runs;
  assert.ok(asItIs && thrifty);
  // Every machine begins where it is; one waits, as it does.
  for (const { taken } of [asItIs, thrifty]) assert.deepEqual(taken, { inPlace: 4, waiting: 1, elsewhere: [] });
  assert.equal(asItIs.samples[0]?.running, 6);
  // Its own policy only advises.
  assert.deepEqual(Object.values(asItIs.deeds.counts), [0, 0, 0, 0, 0]);
  assert.ok(thrifty.deeds.counts['hosts put to sleep'] > 0);
  assert.ok(thrifty.energy < asItIs.energy);
  const groups = asItIs.answers.more.map(({ group }) => group);
  assert.deepEqual(groups.toSorted(), ['huge', 'more', 'shop', 'tiny']);
  // Three new hosts idle at 100 W, the cloud's own at 40 W.
  assert.ok((asItIs.samples[0]?.watts ?? 0) >= 340 && (asItIs.samples[0]?.watts ?? 0) < 520);
}

test('a cloud that runs is rehearsed with its machines, its policy and what its hosts draw', async () => {
  assertKnown(await reportFrom(godwit.kubeconfig));
});

test('a cloud that was saved is rehearsed alike, and its file tells no secret', async () => {
  const saved = join(godwit.state, 'saved.yaml');
  const { status, stdout, stderr } = await sim('--from', godwit.kubeconfig, '--save', saved);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /saved/);
  const text = readFileSync(saved, 'utf8');
  assert.match(text, /^# A cloud as it was/);
  assert.match(text, /kind: VirtualMachine$/m);
  assert.doesNotMatch(text, /hunter2|PASSWORD|kind: Secret/);
  assertKnown(await reportFrom(saved));
});

test('short questions need no scenario', async () => {
  const [{ metadata }] = (JSON.parse(await godwit.kubectl('get', 'nodes', '-o', 'json')) as Nodes).items;
  const questions = ['--lose', metadata.name, '--fit', 'cpu=100m,memory=64Mi,kind=Pod,name=small', '--grow', '5'];
  const { status, stdout, stderr } = await sim('--from', godwit.kubeconfig, ...questions);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /It begins as the cloud is: 4 machines on the hosts where they are, 1 that waits/);
  assert.match(stdout, /\d+ more of small fit/);
  assert.match(stdout, /Growing by 5 % a week/);
  assert.match(stdout, new RegExp(`${metadata.name}, lost after 10 min: 1 host, 4 machines`));
  const wrong = await sim('--from', godwit.kubeconfig, '--lose', 'rack-3');
  assert.equal(wrong.status, 1);
  assert.match(wrong.stderr, /there is no host, rack or zone rack-3; hosts are .*; no host has a rack/);
});

test('what kubectl lists of a cloud is rehearsed alike', async () => {
  const saved = join(godwit.state, 'saved.json');
  writeFileSync(saved, await godwit.kubectl('get', 'nodes,vmi,pods,balancepolicies', '-A', '-o', 'json'));
  assertKnown(await reportFrom(saved));
});

test('the report is a page, and what is no cloud is refused', async () => {
  const page = join(godwit.state, 'report.html');
  const { status, stdout, stderr } = await rehearse(godwit.kubeconfig, '--out', page);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /as it is/);
  const wrong = join(godwit.state, 'wrong.yaml');
  writeFileSync(wrong, 'kind: Pod\n');
  const refused = await rehearse(wrong);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /neither a kubeconfig nor a list/);
});
