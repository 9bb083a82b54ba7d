/** Clouds on fake hosts are made through the real API, taken over into a rehearsal, and compared with it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '@godwit/base';
import {
  apiVersionOf,
  deployment,
  horizontalPodAutoscaler,
  type KubeObject,
  namespace,
  node,
  type Pod,
  persistentVolume,
  persistentVolumeClaim,
  pod,
  podDisruptionBudget,
  priorityClass,
  resourceQuota,
  type ScenarioSpec,
  virtualMachine,
  virtualMachineInstance,
  virtualMachinePool,
} from '@godwit/kinds';
import { obstaclesInEnglish } from '@godwit/planner';
import fc from 'fast-check';
import { type HostFacts, RehearsedCloud } from '../../apps/godwit/src/sim/rehearsal/cloud/index.ts';
import {
  type CloudObjects,
  knownCloudOf,
  makePlan,
  makeReport,
  type Run,
  readSaved,
  rehearse,
  renderText,
  savedCloudOf,
  takenKinds,
} from '../../apps/godwit/src/sim/rehearsal/index.ts';
import { RehearsedMetrics, ScenarioTime, SharedLoads } from '../../apps/godwit/src/sim/rehearsal/load/index.ts';

const silent = (): void => undefined;
const noTraces = (path: string): string => assert.fail(`nobody asked for ${path}`);
const NOW_MS = Date.UTC(2026, 5, 1, 9);

function hostsOf(count: number): HostFacts[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `host-${index}`;
    const labels = { 'kubernetes.io/hostname': name, 'topology.godwit.dev/rack': `rack-${index % 3}` };
    const size = { cpuMillis: 8_000, memoryBytes: 32 * 2 ** 30, machines: 40 };
    return { name, ...size, labels, watts: [90, 250], sleepWatts: 5, pricePerHour: 0 };
  });
}

async function openCloud(hosts: readonly HostFacts[], objects: readonly KubeObject[] = []): Promise<RehearsedCloud> {
  const clock = new VirtualClock(NOW_MS);
  const metrics = new RehearsedMetrics(new SharedLoads([], new ScenarioTime(clock, 0)), clock);
  return RehearsedCloud.open({ seed: 7, hosts, objects, policies: [], wakeMs: 1, shareOf: () => 0.4, clock, metrics });
}

type Client = RehearsedCloud['fleet']['client'];

/** A cloud in which `fill` was done and then a while went by. */
async function liveCloud(hosts: number, fill: (client: Client, cloud: RehearsedCloud) => Promise<unknown>) {
  const cloud = await openCloud(hostsOf(hosts));
  await cloud.until(fill(cloud.fleet.client, cloud));
  await cloud.pass(120_000);
  const objects = await objectsOf(cloud);
  await cloud.close();
  return objects;
}

async function objectsOf(cloud: RehearsedCloud): Promise<KubeObject[]> {
  const lists = takenKinds.map(async (kind) => {
    const { items } = await cloud.fleet.client.resource(kind).list();
    return items.map((item) => ({ ...item, kind: kind.kind, apiVersion: apiVersionOf(kind) }) as KubeObject);
  });
  return (await cloud.until(Promise.all(lists))).flat();
}

/** Where machines are, as the API says it, with how far they are and how often they were started. */
function placesOf(objects: readonly KubeObject[]): Map<string, unknown> {
  const machines = objects.filter(({ kind }) => kind === 'Pod' || kind === 'VirtualMachineInstance') as Pod[];
  return new Map(
    machines.map(({ kind, metadata, spec, status }) => {
      const host = spec.nodeName ?? (status as { nodeName?: string } | undefined)?.nodeName;
      const restarts = status?.containerStatuses?.map(({ restartCount }) => restartCount);
      const { namespace: space, name, uid } = metadata;
      return [`${kind}/${space}/${name}`, { uid, host, phase: status?.phase, restarts }];
    }),
  );
}

/** Why not one more of a group fits. */
function toldOf(answer: Run['answers']['more'][number] | undefined): string {
  return answer?.why ? obstaclesInEnglish(answer.why) : '';
}

async function rehearsed(cloud: CloudObjects, spec: ScenarioSpec): Promise<Run> {
  return (await reported(cloud, spec)).run;
}

async function reported(cloud: CloudObjects, spec: ScenarioSpec) {
  const plan = makePlan('taken-over', spec, noTraces, knownCloudOf(cloud));
  const [policy] = plan.policies;
  assert.ok(policy);
  const run = await rehearse(plan, policy, silent);
  return { run, report: makeReport(plan, [run]) };
}

/** The rehearsal of a cloud, a moment after it began. */
async function firstMoment(objects: readonly KubeObject[]): Promise<readonly KubeObject[]> {
  const known = knownCloudOf({ objects, atMs: NOW_MS });
  const cloud = await openCloud(known.hosts, known.objects);
  await cloud.pass(2_000);
  const now = await objectsOf(cloud);
  await cloud.close();
  return now;
}

const container = (cpu: string, more: object = {}) => ({
  name: 'main',
  image: 'shop:1',
  env: [{ name: 'PASSWORD', value: 'hunter2' }],
  resources: { requests: { cpu, memory: '256Mi' } },
  ...more,
});

const deploymentOf = (name: string, replicas: number, cpu: string, podSpec: object = {}, space = 'default') => ({
  metadata: { namespace: space, name },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [container(cpu)], ...podSpec } },
  },
});

const machineOf = (name: string, cores: number, more: object = {}) => ({
  metadata: { namespace: 'default', name },
  spec: {
    runStrategy: 'Always' as const,
    template: {
      metadata: { labels: { app: name } },
      spec: { domain: { cpu: { cores }, memory: { guest: '1Gi' }, devices: {} }, ...more },
    },
  },
});

test('a rehearsal begins with every machine where it is, whatever the cloud', async () => {
  const groups = fc.array(
    fc.record({
      kind: fc.constantFrom('pods', 'machines', 'pool'),
      count: fc.integer({ min: 1, max: 6 }),
      cpu: fc.integer({ min: 1, max: 4 }),
      rack: fc.option(fc.integer({ min: 0, max: 3 })),
    }),
    { minLength: 1, maxLength: 5 },
  );
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 6 }), groups, async (hosts, wanted) => {
      const objects = await liveCloud(hosts, async (client) => {
        for (const [index, { kind, count, cpu, rack }] of wanted.entries()) {
          const name = `${kind}-${index}`;
          const place = rack === null ? {} : { nodeSelector: { 'topology.godwit.dev/rack': `rack-${rack}` } };
          if (kind === 'pods') await client.resource(deployment).create(deploymentOf(name, count, String(cpu), place));
          else if (kind === 'pool') await client.resource(virtualMachinePool).create(poolOf(name, count, cpu));
          else
            for (let number = 0; number < count; number++)
              await client.resource(virtualMachine).create(machineOf(`${name}-${number}`, cpu, place));
        }
      });
      assert.deepEqual(placesOf(await firstMoment(objects)), placesOf(objects));
      const run = await rehearsed({ objects, atMs: NOW_MS }, { duration: '10m', sampleEvery: '5m' });
      assert.deepEqual(run.taken?.elsewhere, []);
      assert.equal((run.taken?.inPlace ?? 0) + (run.taken?.waiting ?? 0), placesOf(objects).size);
    }),
    { numRuns: 12 },
  );
});

function poolOf(name: string, replicas: number, cores: number) {
  const labels = { app: name };
  const { spec } = machineOf(name, cores);
  return {
    metadata: { namespace: 'default', name },
    spec: { replicas, selector: { matchLabels: labels }, virtualMachineTemplate: { metadata: { labels }, spec } },
  };
}

/** One of everything that is taken over. */
async function fillWithEverything(client: Client): Promise<void> {
  await client.resource(namespace).create({ metadata: { name: 'bank', labels: { 'godwit.dev/tenant': 'bank' } } });
  await client.resource(resourceQuota).create({
    metadata: { namespace: 'bank', name: 'most' },
    spec: { hard: { pods: '3' } },
  });
  await client.resource(priorityClass).create({ metadata: { name: 'urgent' }, value: 1000 });
  await client.resource(deployment).create(deploymentOf('till', 5, '500m', { priorityClassName: 'urgent' }, 'bank'));
  const restarts = [{ ...container('500m'), name: 'first', resources: {} }];
  const ports = [{ containerPort: 80, hostPort: 8080 }];
  const web = { initContainers: restarts, containers: [container('500m', { ports })] };
  await client.resource(deployment).create(deploymentOf('web', 3, '500m', web));
  await client.resource(podDisruptionBudget).create({
    metadata: { namespace: 'default', name: 'web' },
    spec: { minAvailable: 2, selector: { matchLabels: { app: 'web' } } },
  });
  await client.resource(horizontalPodAutoscaler).create({
    metadata: { namespace: 'default', name: 'web' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 3,
      maxReplicas: 4,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } },
      ],
    },
  });
  await client.resource(virtualMachinePool).create(poolOf('desk', 3, 1));
  await client.resource(virtualMachine).create(machineOf('db', 2, await onVolume(client, 'db', 'host-1')));
  const domain = { cpu: { cores: 1 }, memory: { guest: '64Gi' }, devices: {} };
  await client.resource(virtualMachine).create(machineOf('huge', 1, { domain }));
}

/** A claim that is bound to a volume of one host. */
async function onVolume(client: Client, name: string, host: string): Promise<object> {
  const sizes = { accessModes: ['ReadWriteOnce'] as const, storageClassName: 'local' };
  const terms = [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In' as const, values: [host] }] }];
  await client.resource(persistentVolume).create({
    metadata: { name: `volume-${name}` },
    spec: {
      ...sizes,
      capacity: { storage: '1Gi' },
      local: { path: '/volume' },
      claimRef: { namespace: 'default', name },
      nodeAffinity: { required: { nodeSelectorTerms: terms } },
    },
  });
  await client.resource(persistentVolumeClaim).create({
    metadata: { namespace: 'default', name },
    spec: { ...sizes, resources: { requests: { storage: '1Gi' } }, volumeName: `volume-${name}` },
  });
  return {
    domain: {
      cpu: { cores: 2 },
      memory: { guest: '1Gi' },
      devices: { disks: [{ name: 'data', disk: { bus: 'virtio' } }] },
    },
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: name } }],
  };
}

test('what stands in a cloud stands in its rehearsal, and nothing of it is done anew', async () => {
  const objects = await liveCloud(4, fillWithEverything);
  const now = await firstMoment(objects);
  assert.deepEqual(placesOf(now), placesOf(objects));
  const uids = (all: readonly KubeObject[]) => new Set(all.map(({ kind, metadata: { uid } }) => `${kind} ${uid}`));
  assert.deepEqual(uids(now), uids(objects));
  const places = [...placesOf(now).entries()] as [string, { host?: string; phase?: string }][];
  // The quota lets three of five in, the huge one waits, and the one with a volume is where its volume is.
  assert.equal(places.filter(([name]) => name.startsWith('Pod/bank/')).length, 3);
  assert.deepEqual(
    places.filter(([, { host }]) => host === undefined).map(([name]) => name),
    ['VirtualMachineInstance/default/huge'],
  );
  assert.equal(places.find(([name]) => name.endsWith('/db'))?.[1].host, 'host-1');
});

test('machines of a lost host come back where rules and volumes let them, and only there', async () => {
  const objects = await liveCloud(4, fillWithEverything);
  const events = [{ at: '10m', lose: { host: 'host-1' }, for: '30m' }] as const;
  const spec: ScenarioSpec = { duration: '1h', sampleEvery: '5m', events };
  const { run, report } = await reported({ objects, atMs: NOW_MS }, spec);
  assert.deepEqual(run.taken?.elsewhere, []);
  // All that is said of it is said in Chinese, too: no three words of another language are left.
  assert.match(renderText(report, 'zh'), /从云的现状开始/);
  assert.doesNotMatch(renderText(report, 'zh'), /[A-Za-z]+ [A-Za-z]+ [A-Za-z]+/);
  const at = (minutes: number) => run.samples[minutes / 5];
  const [before, lost, after] = [at(5), at(35), at(60)];
  // The huge one waits all the time; the one whose volume is there waits until it is back.
  assert.equal(before?.wanted, before?.running === undefined ? 0 : before.running + 1 + 2);
  assert.ok((lost?.running ?? 0) < (before?.running ?? 0));
  assert.equal(after?.running, before?.running);
  assert.equal(run.losses[0]?.missing, 0);
});

test('hosts that are cordoned, asleep or lost begin so', async () => {
  const objects = await liveCloud(4, async (client, cloud) => {
    await client.resource(deployment).create(deploymentOf('web', 8, '500m'));
    await client.resource(node).patch({ name: 'host-0' }, { type: 'merge', body: { spec: { unschedulable: true } } });
    await cloud.fleet.losePower(['host-2']);
  });
  const maintained = await rehearsed(
    { objects, atMs: NOW_MS },
    { duration: '30m', sampleEvery: '5m', events: [{ at: '5m', maintain: { host: 'host-0' }, for: '5m' }] },
  );
  // Who was cordoned before stays so: three hosts are on, and of these two take what comes.
  assert.match(toldOf(maintained.answers.more[0]), /1 node\(s\) were unschedulable/);
  const run = await rehearsed({ objects, atMs: NOW_MS }, { duration: '10m', sampleEvery: '5m' });
  assert.deepEqual(
    run.samples.map(({ hostsOn }) => hostsOn),
    [3, 3, 3],
  );
  assert.deepEqual(run.taken?.elsewhere, []);
  const [more] = run.answers.more;
  // Of two hosts, one holds half of the rest of the eight already.
  assert.match(toldOf(more), /4 hosts|unschedulable|not ready|cordoned/);
});

test('a cloud that was saved is the same cloud, and no secret is in the file', async () => {
  const objects = await liveCloud(4, fillWithEverything);
  const use = new Map([['vmi/default/db', { cpu: 300, memory: 2 ** 29 }]]);
  const text = JSON.stringify(savedCloudOf({ objects, use, atMs: NOW_MS }));
  assert.doesNotMatch(text, /hunter2|PASSWORD|managedFields|"podIP"|network\.godwit\.dev/);
  const saved = readSaved(JSON.parse(text));
  assert.deepEqual(saved.use, use);
  const spec = { duration: '10m', sampleEvery: '5m' };
  const [live, later] = [await rehearsed({ objects, use, atMs: NOW_MS }, spec), await rehearsed(saved, spec)];
  assert.deepEqual(later.taken, live.taken);
  assert.equal(later.hash, live.hash);
});

test('who saved only nodes and machines gets a cloud in which machines come back', async () => {
  const all = await liveCloud(4, fillWithEverything);
  const kinds = [node.kind, pod.kind, virtualMachineInstance.kind];
  const objects = all.filter(({ kind }) => kinds.includes(kind));
  const run = await rehearsed(
    { objects },
    { duration: '1h', sampleEvery: '5m', events: [{ at: '10m', lose: { host: 'host-0' } }] },
  );
  assert.deepEqual(run.taken?.elsewhere, []);
  assert.ok((run.losses[0]?.machines ?? 0) > 0);
  assert.equal(run.losses[0]?.missing, 0);
});

test('machines that grow are like those that are there; those of an autoscaler grow with what they do', async () => {
  const objects = await liveCloud(6, fillWithEverything);
  const growth = { percentPerWeek: 1000 };
  const run = await rehearsed({ objects, atMs: NOW_MS }, { duration: '1d', sampleEvery: '6h', growth });
  assert.deepEqual(run.taken?.elsewhere, []);
  assert.ok((run.samples.at(-1)?.wanted ?? 0) > (run.samples[0]?.wanted ?? 0));
  const [web] = run.elasticity;
  assert.deepEqual([web?.group, web?.scaler, web?.least, web?.most], ['web', 'HorizontalPodAutoscaler', 3, 4]);
});
