/** The load rises and falls, and machines follow: measured by the agent, at an endpoint, asleep and awake. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type {
  Deployment,
  ElasticPolicy,
  HorizontalPodAutoscaler,
  Service,
  VirtualMachineInstance,
} from '@godwit/kinds';
import { GodwitUnderTest, waitFor } from '../support/godwit.ts';
import { buildShell, buildTinyGuest } from '../support/images.ts';
import { isAsleep, sleeperPolicy, sleeperService } from '../support/sleeper.ts';
import { tinyMachine, typeInto } from '../support/tiny-machine.ts';

const godwit = new GodwitUnderTest();
let shell = '';
let load = 0;
const endpoint = createServer((_request, response) => response.end(JSON.stringify({ jobs: { waiting: load } })));

before(async () => {
  shell = await buildShell();
  await buildTinyGuest();
  endpoint.listen(0, '127.0.0.1');
  await once(endpoint, 'listening');
  await godwit.up();
});

after(async () => {
  endpoint.close();
  await godwit.stop();
});

const deployment = (name: string, command: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: main
        image: ${shell}
        command: [sh, -c, "${command}"]
        resources: {requests: {cpu: 50m, memory: 8Mi}, limits: {cpu: 200m, memory: 32Mi}}
---`;

const ready = async (name: string) => (await godwit.get<Deployment>('deployment', name))?.status?.readyReplicas ?? 0;
const wanted = async (name: string) => (await godwit.get<Deployment>('deployment', name))?.spec.replicas;

test('a queue that grows is answered, an empty one lets everything sleep', async () => {
  load = 5;
  await godwit.apply(`${deployment('worker', 'sleep 1000')}
apiVersion: godwit.dev/v1alpha1
kind: ElasticPolicy
metadata: {name: worker}
spec:
  targetRef: {apiVersion: apps/v1, kind: Deployment, name: worker}
  out: {minReplicas: 0, maxReplicas: 4}
  idleSeconds: 5
  behavior: {scaleDown: {stabilizationWindowSeconds: 5}}
  metrics:
  - name: jobs
    type: http
    url: http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/
    path: jobs.waiting
    target: {value: "10"}
`);
  await waitFor('one worker', async () => (await ready('worker')) === 1);
  load = 28;
  await waitFor('three workers', async () => (await ready('worker')) === 3);
  const policy = await godwit.get<ElasticPolicy>('elasticpolicy', 'worker');
  const why = policy?.status?.conditions?.find(({ type }) => type === 'ScalingActive')?.message;
  assert.match(why ?? '', /jobs of 28 against a goal of 10 each ask for 3 machines/);
  load = 0;
  await waitFor('sleep', async () => (await wanted('worker')) === 0);
  load = 1;
  await waitFor('waking', async () => (await ready('worker')) === 1);
});

test('processors that are busy make more pods', async () => {
  await godwit.apply(deployment('busy', 'while :; do :; done'));
  await godwit.kubectl('autoscale', 'deployment', 'busy', '--min=1', '--max=2', '--cpu-percent=50');
  await waitFor('two pods', async () => (await ready('busy')) === 2);
  await waitFor('what they use to be told', async () => {
    const scaler = await godwit.get<HorizontalPodAutoscaler>('hpa', 'busy');
    return (scaler?.status?.currentMetrics?.[0]?.resource?.current.averageUtilization ?? 0) > 50;
  });
  await waitFor('it to be listed', async () => /cpu: \d+%\/50%/.test(await godwit.kubectl('get', 'hpa', 'busy')));
});

test('the first request wakes what sleeps, and is answered', async () => {
  await godwit.apply(`${deployment('napper', 'echo hello > /tmp/index.html; exec httpd -f -p 8080 -h /tmp')}
${sleeperService('napper', { spec: 'type: LoadBalancer' })}
---${sleeperPolicy('napper', 2)}`);
  const url = `http://${await godwit.externalAddress('napper')}/`;
  for (let round = 0; round < 2; round++) {
    await waitFor('sleep', () => isAsleep(godwit, 'napper'));
    const response = await fetch(url, { signal: AbortSignal.timeout(180_000) });
    assert.equal(response.status, 200);
    assert.equal(await response.text(), 'hello\n');
  }
  // What its autoscaler reads is there for everybody to see.
  const path = '/apis/custom.metrics.k8s.io/v1beta2/namespaces/default/services/napper/requests';
  await waitFor('its requests are measured', async () => {
    const { items } = JSON.parse(await godwit.kubectl('get', '--raw', path)) as { items: { value: string }[] };
    return items.length === 1 && items[0]?.value === '0';
  });
  await waitFor('an event', async () => {
    const events = await godwit.kubectl('get', 'events', '-o', 'custom-columns=R:.reason,M:.message');
    return /Woken .*a request that waits asks for 1/.test(events);
  });
});

test('a request from a pod or a virtual machine to a cluster address wakes what sleeps there', async () => {
  await godwit.apply(`${deployment('caller', 'sleep 1000')}
${tinyMachine({ name: 'guest' })}
---
${deployment('inner', 'echo within > /tmp/index.html; exec httpd -f -p 8080 -h /tmp')}
${sleeperService('inner')}
---${sleeperPolicy('inner', 2)}`);
  const asleep = () => waitFor('sleep', () => isAsleep(godwit, 'inner'));
  await waitFor('a caller', async () => (await ready('caller')) === 1);
  await waitFor(
    'a guest',
    async () => (await godwit.get<VirtualMachineInstance>('vmi', 'guest'))?.status?.phase === 'Running',
  );
  await asleep();
  assert.equal(await godwit.kubectl('exec', 'deployment/caller', '--', 'wget', '-qO-', 'http://inner/'), 'within\n');
  await asleep();
  const address = (await godwit.get<Service>('service', 'inner'))?.spec.clusterIP;
  await typeInto(godwit, 'guest', `wget -qO- http://${address}/`, /^within\r?$/m);
});

test('a virtual machine grows with the work in its guest, and shrinks when that is done', async () => {
  await godwit.apply(`${tinyMachine({ name: 'mill', memory: '192Mi' })}
---
apiVersion: godwit.dev/v1alpha1
kind: ElasticPolicy
metadata: {name: growing}
spec:
  targetRef: {apiVersion: kubevirt.io/v1, kind: VirtualMachine, name: mill}
  up: {cpu: {minimum: "1", maximum: "2", step: "1"}}
  behavior: {scaleDown: {stabilizationWindowSeconds: 5}}
  metrics: [{name: cpu, type: cpu, target: {value: "60"}}]
`);
  const mill = () => godwit.get<VirtualMachineInstance>('vmi', 'mill');
  const sockets = (count: number) =>
    waitFor(`${count} sockets`, async () => (await mill())?.status?.currentCPUTopology?.sockets === count);
  await waitFor('the guest', async () =>
    (await mill())?.status?.conditions?.some(({ type }) => type === 'AgentConnected'),
  );
  const { metadata } = (await mill()) ?? {};
  await sockets(1);
  await typeInto(godwit, 'mill', 'for one in 1 2; do while :; do :; done & done; echo busy-$((1+1))', /busy-2/);
  await sockets(2);
  // The guest hears of it by an interrupt, in its own time.
  await typeInto(godwit, 'mill', 'until [ $(nproc) = 2 ]; do sleep 1; done; echo sees-$((1+1))', /sees-2/);
  await typeInto(godwit, 'mill', 'kill $(jobs -p); echo idle-$((1+1))', /idle-2/);
  await sockets(1);
  assert.equal((await mill())?.metadata.uid, metadata?.uid, 'it is the same run');
  await waitFor('a decision', async () => /mill/.test(await godwit.kubectl('get', 'decisions')));
});
