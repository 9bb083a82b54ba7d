import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { timestamp } from '@godwit/base';
import {
  configMap,
  type ElasticPolicySpec,
  elasticPolicy,
  event,
  horizontalPodAutoscaler,
  node,
  pod,
  replicaSet,
  virtualMachine,
  virtualMachinePool,
  waitingServicesAnnotation,
} from '@godwit/kinds';
import { decisionAnnotation, decisionsOf, explainRecord, parseRecords } from '@godwit/planner';
import { GivenMetrics } from '../test-support/given-metrics.ts';
import { SimulatedCloud } from '../test-support/simulated-cloud.ts';
import { type Learned, PolicyMemory } from './elastic-memory.ts';
import { ElasticPolicyReconciler } from './elastic-policy-reconciler.ts';
import { LearnedForecasts } from './learned.ts';

const name = { namespace: 'default', name: 'web' };
const labels = { app: 'web' };
const container = { name: 'main', image: 'x', resources: { requests: { cpu: '1' } } };

async function elasticCloud() {
  const cloud = await SimulatedCloud.start();
  const { client } = cloud.client();
  const source = new GivenMetrics(() => cloud.clock.now());
  cloud.run(new ElasticPolicyReconciler(client, source));
  after(() => cloud.close());
  await client.resource(replicaSet).create({
    metadata: name,
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
    },
  });
  const apply = (spec: Omit<ElasticPolicySpec, 'targetRef'>, as = 'web') =>
    client.resource(elasticPolicy).create({
      metadata: { namespace: 'default', name: as },
      spec: { targetRef: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web' }, ...spec },
    });
  const size = async () => (await client.resource(replicaSet).get(name)).spec.replicas;
  const condition = async (type: string, of = 'web') =>
    (await client.resource(elasticPolicy).get({ namespace: 'default', name: of })).status?.conditions?.find(
      (one) => one.type === type,
    );
  return { cloud, client, source, apply, size, condition };
}

const requests = { name: 'requests', type: 'requests', service: 'web', target: { value: '100' } } as const;

test('requests at the load balancer decide how many; it is written why', async () => {
  const { cloud, client, source, apply, size, condition } = await elasticCloud();
  let load = 450;
  source.value = (query) => (query.of === 'object' && query.kind === 'Service' ? [{ value: load }] : []);
  await apply({ out: { maxReplicas: 8 }, metrics: [requests] });
  await cloud.until('there are five', async () => (await size()) === 5, 3_000);
  assert.match(
    (await condition('ScalingActive'))?.message ?? '',
    /requests of 450\/s against a goal of 100\/s each ask for 5 machines/,
  );
  const { metadata } = await client.resource(replicaSet).get(name);
  assert.match(metadata.annotations?.['godwit.dev/decision'] ?? '', /"do":"scale".*"policy":"web"/);
  await cloud.until('an event says it', async () => {
    const { items } = await client.resource(event).list({ namespace: 'default' });
    return items.some(({ reason, message }) => reason === 'Scaled' && message?.includes('1 machine'));
  });
  load = 90;
  await cloud.pass(50_000);
  assert.equal(await size(), 5);
  await cloud.until('there is one', async () => (await size()) === 1);
});

test('it says what each metric asks for', async () => {
  const { cloud, source, apply, size, condition } = await elasticCloud();
  source.value = (query) => [{ value: query.of === 'http' ? 21 : 450 }];
  const jobs = { name: 'jobs', type: 'http', url: 'http://queue/', target: { value: '10' } } as const;
  await apply({ out: { maxReplicas: 8 }, metrics: [jobs, requests] });
  await cloud.until('there are five', async () => (await size()) === 5, 3_000);
  assert.match((await condition('ScalingActive'))?.message ?? '', /each ask for 5 machines \(jobs for 3 machines\)/);
});

test('what was measured is written down no more often than every quarter of a minute, unless something comes of it', async () => {
  const { cloud, client, source, apply, size, condition } = await elasticCloud();
  let load = 450;
  source.value = () => [{ value: load++ }];
  await apply({ out: { maxReplicas: 8 }, metrics: [requests] });
  await cloud.until('there are five', async () => (await size()) === 5, 3_000);
  let writes = 0;
  client.cache(elasticPolicy).subscribe(() => writes++);
  await cloud.pass(60_000);
  assert.ok(writes >= 3 && writes <= 5, `${writes}`);
  const said = (await condition('ScalingActive'))?.message ?? '';
  assert.match(said, /^requests of 4[67]\d\/s against/);
});

test('it sleeps when nothing is asked of it, and wakes at the first request', async () => {
  const { cloud, source, apply, size } = await elasticCloud();
  let load = 0;
  source.value = () => [{ value: load }];
  await apply({ out: { minReplicas: 0, maxReplicas: 8 }, idleSeconds: 120, metrics: [requests] });
  await cloud.until('it sleeps', async () => (await size()) === 0);
  load = 0.2;
  await cloud.until('it is awake', async () => (await size()) === 1, 3_000);
});

test('a request that waits at a load balancer wakes what sleeps at once, even when no metric can be told', async () => {
  const { cloud, client, source, apply, size, condition } = await elasticCloud();
  source.value = () => [{ value: 0 }];
  await apply({ out: { minReplicas: 0, maxReplicas: 8 }, idleSeconds: 0, metrics: [requests] });
  await cloud.until('it sleeps', async () => (await size()) === 0);
  source.value = () => {
    throw new Error('the balancer is silent');
  };
  const waiting = (names: readonly string[] | null) => {
    const annotations = { [waitingServicesAnnotation]: names && JSON.stringify(names) };
    return client.resource(node).patch({ name: 'host' }, { type: 'merge', body: { metadata: { annotations } } });
  };
  await client.resource(node).create({ metadata: { name: 'host' }, spec: {}, status: {} });
  await waiting(['default/another', 'elsewhere/web']);
  await cloud.pass(5_000);
  assert.equal(await size(), 0);
  await waiting(['default/web']);
  await cloud.until('it is awake', async () => (await size()) === 1, 500);
  assert.match((await condition('ScalingActive'))?.message ?? '', /a request that waits asks for 1 machine/);
  // It stays awake as long as somebody waits, and sleeps again when nobody does.
  source.value = () => [{ value: 0 }];
  await cloud.pass(300_000);
  assert.equal(await size(), 1);
  await waiting(null);
  await cloud.until('it sleeps again', async () => (await size()) === 0);
});

test('what forecasts have learned outlives the process, and a policy that goes takes it along', async () => {
  const { cloud, client, source, apply } = await elasticCloud();
  const load = () => 500 + 300 * Math.sin((cloud.clock.now() / 3_600_000) * 2 * Math.PI);
  source.value = () => [{ value: load() }];
  const foretold = { name: 'requests', type: 'requests', service: 'web', predictive: { value: '100' } } as const;
  await apply({ out: { maxReplicas: 20 }, metrics: [foretold] });
  await cloud.pass(2_700_000);
  const { items } = await client.resource(configMap).list({ namespace: 'default' });
  const [kept, ...others] = items.filter(({ metadata }) => metadata.name?.startsWith('elastic-policy-'));
  assert.deepEqual(others, []);
  assert.equal(kept?.metadata.ownerReferences?.[0]?.kind, 'ElasticPolicy');
  const learned = JSON.parse(kept.data?.forecasts ?? '') as Learned;
  const known = learned.requests;
  assert.ok(known && known.state.scaler.forecaster.steps >= 40);
  // Another process begins with it: what it would keep has gone on from there.
  const [policy] = (await client.resource(elasticPolicy).list({ namespace: 'default' })).items;
  assert.ok(policy);
  const begin = async (data: string) => {
    const name = { namespace: 'default', name: kept.metadata.name };
    await client.resource(configMap).patch(name, { type: 'merge', body: { data: { forecasts: data } } });
    const memory = new PolicyMemory();
    await new LearnedForecasts(client).tend(policy, memory, 0);
    const now = { monotonicMs: 0, wallMs: cloud.clock.now() };
    memory.foretell(foretold, policy.spec, { of: 'shared', value: 500 }, 5, now);
    return memory.learned(now.wallMs).requests?.state.scaler.forecaster.steps;
  };
  assert.equal(await begin(JSON.stringify(learned)), known.state.scaler.forecaster.steps);
  for (const damaged of [
    '{',
    'null',
    '{"requests":{}}',
    JSON.stringify(learned).replace(/"profile":"..../, '"profile":"'),
  ]) {
    assert.equal(await begin(damaged), 0);
  }
  // Who cannot ask for it does not begin without it.
  const { client: other, wire } = cloud.client();
  const memory = new PolicyMemory();
  const forecasts = new LearnedForecasts(other);
  wire.cut();
  await assert.rejects(forecasts.tend(policy, memory, 0), /out of reach/);
  wire.mend();
  await begin(JSON.stringify(learned));
  await forecasts.tend(policy, memory, 0);
  memory.foretell(foretold, policy.spec, { of: 'shared', value: 500 }, 5, {
    monotonicMs: 0,
    wallMs: cloud.clock.now(),
  });
  assert.equal(memory.learned(0).requests?.state.scaler.forecaster.steps, known.state.scaler.forecaster.steps);
});

test('lost metrics hold what there is, until the number for that time is taken', async () => {
  const { cloud, source, apply, size, condition } = await elasticCloud();
  source.value = () => [{ value: 250 }];
  await apply({ out: { maxReplicas: 8 }, lost: { afterSeconds: 300, replicas: 6 }, metrics: [requests] });
  await cloud.until('there are three', async () => (await size()) === 3);
  source.value = () => {
    throw new Error('the balancer is silent');
  };
  await cloud.until('it is told', async () => (await condition('ScalingActive'))?.reason === 'MetricsLost');
  await cloud.pass(200_000);
  assert.equal(await size(), 3);
  await cloud.until('there are six', async () => (await size()) === 6);
});

test('of two policies the older has the target, and an autoscaler goes before both', async () => {
  const { cloud, client, source, apply, size, condition } = await elasticCloud();
  source.value = () => [{ value: 250 }];
  await apply({ out: { maxReplicas: 8 }, metrics: [requests] });
  await cloud.pass(2_000);
  await apply({ out: { minReplicas: 7, maxReplicas: 8 }, metrics: [requests] }, 'another');
  await cloud.until('it is told', async () => (await condition('AbleToScale', 'another'))?.reason === 'TargetTaken');
  await cloud.until('there are three', async () => (await size()) === 3);
  await client.resource(elasticPolicy).delete(name);
  await cloud.until('the other takes over', async () => (await size()) === 7);
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web' };
  await client
    .resource(horizontalPodAutoscaler)
    .create({ metadata: { namespace: 'default', name: 'hpa' }, spec: { scaleTargetRef, maxReplicas: 2 } });
  await cloud.until('it yields', async () => (await condition('AbleToScale', 'another'))?.reason === 'TargetTaken');
});

test('a virtual machine grows while it runs', async () => {
  const { cloud, client, source } = await elasticCloud();
  const machine = { namespace: 'default', name: 'vm' };
  await client.resource(virtualMachine).create({
    metadata: machine,
    spec: {
      runStrategy: 'Always',
      template: { spec: { domain: { cpu: { sockets: 1 }, memory: { guest: '1Gi' }, devices: {} } } },
    },
  });
  await client.resource(elasticPolicy).create({
    metadata: machine,
    spec: {
      targetRef: { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachine', name: 'vm' },
      up: { cpu: { minimum: '1', maximum: '4' } },
      metrics: [{ name: 'queue', type: 'queue', service: 'vm', target: { value: '10' } }],
    },
  });
  source.value = () => [{ value: 28 }];
  const domain = async () => (await client.resource(virtualMachine).get(machine)).spec.template.spec?.domain;
  await cloud.until('it has three sockets', async () => (await domain())?.cpu?.sockets === 3);
  assert.equal((await domain())?.memory?.guest, '1Gi');
});

test('a pool grows out and up by one write, and takes nothing back for which it would restart machines', async () => {
  const { cloud, client, source } = await elasticCloud();
  const fleet = { namespace: 'default', name: 'fleet' };
  const pools = client.resource(virtualMachinePool);
  const domain = { cpu: { sockets: 1 }, memory: { guest: '1Gi' }, devices: {} };
  await pools.create({
    metadata: fleet,
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: 'fleet' } },
      virtualMachineTemplate: {
        metadata: { labels: { app: 'fleet' } },
        spec: { runStrategy: 'Always', template: { metadata: { labels: { app: 'fleet' } }, spec: { domain } } },
      },
    },
  });
  await client.resource(elasticPolicy).create({
    metadata: fleet,
    spec: {
      targetRef: { apiVersion: 'pool.kubevirt.io/v1beta1', kind: 'VirtualMachinePool', name: 'fleet' },
      out: { maxReplicas: 2 },
      up: { cpu: { minimum: '1', maximum: '4' } },
      metrics: [{ name: 'queue', type: 'queue', service: 'fleet', target: { value: '10' } }],
    },
  });
  let load = 58;
  source.value = () => [{ value: load }];
  const shape = async () => {
    const { replicas, virtualMachineTemplate } = (await pools.get(fleet)).spec;
    return [replicas, virtualMachineTemplate.spec.template.spec?.domain.cpu?.sockets];
  };
  const is =
    (...wanted: number[]) =>
    async () =>
      JSON.stringify(await shape()) === JSON.stringify(wanted);
  await cloud.until('two machines of three sockets', is(2, 3));
  const [told] = decisionsOf(await pools.get(fleet)).map((known) => known.expand());
  assert.equal(told?.chosen.name, '2 machines, cpu 3');
  assert.deepEqual(told.inputs, { before: '1', cpu: '1 core' });
  load = 9;
  await cloud.until('one machine, as large as it is', is(1, 3));
  await pools.patch(fleet, { type: 'merge', body: { spec: { updateStrategy: { opportunistic: {} } } } });
  await cloud.until('restarts are left to others', is(1, 1));
});

test('pods grow where they run before there are more of them', async () => {
  const { cloud, client, source, apply, size } = await elasticCloud();
  const now = timestamp(cloud.clock);
  const made = await client
    .resource(pod)
    .create({ metadata: { namespace: 'default', name: 'web-0', labels }, spec: { containers: [container] } });
  const ready = { type: 'Ready', status: 'True' as const, lastTransitionTime: now };
  await client
    .resource(pod)
    .updateStatus({ ...made, status: { phase: 'Running', startTime: now, conditions: [ready] } });
  source.all(['web-0'], 0.9);
  const cpu = { name: 'cpu', type: 'cpu', target: { value: '50' } } as const;
  await apply({ out: { maxReplicas: 4 }, up: { cpu: { minimum: '1', maximum: '2' } }, prefer: 'up', metrics: [cpu] });
  const request = async () =>
    (await client.resource(pod).get({ namespace: 'default', name: 'web-0' })).spec.containers[0]?.resources?.requests
      ?.cpu;
  await cloud.until('it has two processors', async () => (await request()) === '2');
  assert.equal(await size(), 1);
  await cloud.until('it is decided why', async () => {
    const { metadata } = await client.resource(replicaSet).get(name);
    const told = parseRecords(metadata.annotations?.[decisionAnnotation]).map(explainRecord);
    return told.includes(
      'It was given cpu 2 because cpu at 90 % against a goal of 50 % asks for 2 cores (policy web).',
    );
  });
  source.all(['web-0'], 1.9);
  await cloud.until('there are more', async () => (await size()) === 2);
});

test('pods that ask for nothing cannot grow: it is told once what to do, and they are left alone', async () => {
  const { cloud, client, source, apply, condition } = await elasticCloud();
  const bare = { name: 'main', image: 'x' };
  const made = await client
    .resource(pod)
    .create({ metadata: { namespace: 'default', name: 'web-0', labels }, spec: { containers: [bare] } });
  source.value = () => [{ value: 450 }];
  await apply({ out: { maxReplicas: 4 }, up: { cpu: { minimum: '1', maximum: '2' } }, metrics: [requests] });
  await cloud.until('it is told', async () => (await condition('AbleToScale'))?.reason === 'NotResizable');
  assert.match(
    (await condition('AbleToScale'))?.message ?? '',
    /pods of ReplicaSet web ask for nothing.*requests: \{cpu: 1\}/,
  );
  const told = async () => {
    const { items } = await client.resource(event).list({ namespace: 'default' });
    return items.filter(({ reason }) => reason === 'NotResizable').reduce((sum, { count = 1 }) => sum + count, 0);
  };
  await cloud.pass(600_000);
  assert.equal(await told(), 1);
  await client.resource(pod).delete({ namespace: 'default', name: made.metadata.name }, { gracePeriodSeconds: 0 });
  await cloud.until('it goes on', async () => (await condition('AbleToScale'))?.status === 'True');
});

test('what cannot be is refused', async () => {
  const { apply } = await elasticCloud();
  const refused = (spec: Omit<ElasticPolicySpec, 'targetRef'>, field: RegExp) => assert.rejects(apply(spec), field);
  const out = { maxReplicas: 3 };
  await refused({ metrics: [requests] }, /spec\.out/);
  await refused({ out: { minReplicas: 4, maxReplicas: 3 }, metrics: [requests] }, /maxReplicas/);
  await refused({ out, metrics: [{ name: 'x', type: 'requests', service: 'web' }] }, /exactly one of/);
  await refused({ out, metrics: [{ ...requests, step: { upper: 1, lower: 0 } }] }, /exactly one of/);
  await refused({ out, metrics: [{ name: 'x', type: 'http', target: { value: '1' } }] }, /url/);
  await refused({ out, metrics: [{ name: 'x', type: 'http', url: 'file:///etc', target: { value: '1' } }] }, /http:/);
  await refused({ out, metrics: [{ name: 'x', type: 'cpu', step: { upper: '1', lower: '2' } }] }, /upper/);
  await refused({ out, metrics: [{ name: 'x', type: 'cpu', target: { value: '-5' } }] }, /negative/);
  await refused({ out, up: { cpu: { minimum: '2', maximum: '1' } }, metrics: [requests] }, /maximum/);
  await refused(
    { out: { minReplicas: 0, maxReplicas: 3 }, metrics: [{ name: 'x', type: 'cpu', target: { value: 50 } }] },
    /woken/,
  );
  const own = ['cpu', 'memory'].map((type) => ({ name: type, type: type as 'cpu', target: { value: 50 } }));
  await refused({ out: { minReplicas: 0, maxReplicas: 3 }, metrics: own }, /woken/);
  const latency = { name: 'x', type: 'latency', service: 'web', predictive: { value: '1' } } as const;
  await refused({ out, metrics: [latency] }, /foretold/);
  const schedule = { name: 'n', from: '25:00', until: '06:00', timeZone: 'Mars/Olympus', minReplicas: 1 };
  await refused({ out, schedules: [schedule], metrics: [requests] }, /timeZone/);
});
