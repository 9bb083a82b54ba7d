/** The manifest that everybody starts with: a Deployment behind a LoadBalancer, and that nothing is lost. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Deployment, Pod, Service } from '@godwit/kinds';
import { GodwitUnderTest, projectRoot, waitFor } from '../support/godwit.ts';
import { fetchText, startLoad } from '../support/http-load.ts';
import { runProgram } from '../support/kubectl.ts';

const godwit = new GodwitUnderTest();
let address = '';

before(async () => {
  const build = await runProgram('podman', ['build', '-t', 'myapp', join(projectRoot, 'examples/myapp')]);
  assert.equal(build.status, 0, build.stderr);
  await godwit.up();
});

after(() => godwit.stop());

async function pods(): Promise<Pod[]> {
  return JSON.parse(await godwit.kubectl('get', 'pods', '-l', 'app=myapp', '-o', 'json')).items;
}

async function readyPods(): Promise<Pod[]> {
  const isReady = (pod: Pod) =>
    pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
  return (await pods()).filter((pod) => pod.metadata.deletionTimestamp === undefined && isReady(pod));
}

async function waitForReplicas(count: number): Promise<void> {
  await waitFor(`${count} replicas`, async () => {
    const deployment = await godwit.get<Deployment>('deployment', 'myapp-deployment');
    return deployment?.status?.readyReplicas === count && (await pods()).length === count;
  });
}

test('the manifest works to the letter: three replicas answer in turn behind one address', async () => {
  await godwit.kubectl('create', '-f', join(projectRoot, 'examples/myapp.yaml'));
  await waitForReplicas(3);
  const table = await godwit.kubectl('get', 'pods,services,deployments');
  assert.match(table, /pod\/myapp-deployment-\w+-\w+ +1\/1 +Running +0/);
  assert.match(table, /deployment\.apps\/myapp-deployment +3\/3 +3 +3/);
  assert.match(table, /service\/myapp-service +LoadBalancer +10\.\d+\.\d+\.\d+ +10\.\d+\.\d+\.\d+ +80:\d+\/TCP/);
  const service = await godwit.get<Service>('service', 'myapp-service');
  address = `http://${service?.status?.loadBalancer?.ingress?.[0]?.ip}:80/`;
  const answers = new Set<string>();
  for (let i = 0; i < 9; i++) answers.add(await fetchText(address));
  assert.equal(answers.size, 3, [...answers].join());
});

test('a rolling update, a scale 3→6→2 and a kill -9 of a container lose no request', async () => {
  const load = startLoad(address);
  await godwit.kubectl('set', 'env', 'deployment/myapp-deployment', 'COLOUR=blue');
  await godwit.kubectl('rollout', 'status', 'deployment/myapp-deployment', '--timeout=90s');
  await godwit.kubectl('scale', 'deployment/myapp-deployment', '--replicas=6');
  await waitForReplicas(6);
  await godwit.kubectl('scale', 'deployment/myapp-deployment', '--replicas=2');
  await waitForReplicas(2);
  await killOneContainer();
  const { requests, failures } = await load.stop();
  assert.ok(requests > 500, `only ${requests} requests`);
  assert.deepEqual(failures, []);
});

/** Kills the main process of one container and waits until it has been started again. */
async function killOneContainer(): Promise<void> {
  const [victim] = await readyPods();
  assert.ok(victim?.metadata.name);
  const { stdout } = await runProgram('sh', [
    '-c',
    `ps -eo pid,args | grep '[m]yapp' | grep -v conmon | awk '{print $1}' | head -1`,
  ]);
  assert.match(stdout, /^\d+/, 'no process of the container was found');
  spawnSync('kill', ['-9', stdout.trim()]);
  await waitFor('the restart', async () =>
    (await pods()).some((pod) => (pod.status?.containerStatuses?.[0]?.restartCount ?? 0) > 0),
  );
  await waitForReplicas(2);
}

test('undo brings the earlier template back, and history tells of it', async () => {
  await godwit.kubectl('rollout', 'undo', 'deployment/myapp-deployment');
  await godwit.kubectl('rollout', 'status', 'deployment/myapp-deployment', '--timeout=90s');
  const deployment = await godwit.get<Deployment>('deployment', 'myapp-deployment');
  assert.equal(deployment?.spec.template.spec?.containers?.[0]?.env, undefined);
  assert.match(await godwit.kubectl('rollout', 'history', 'deployment/myapp-deployment'), /\n2 .*\n3 /);
});

test('logs, exec and cp reach the containers', async () => {
  const name = (await readyPods())[0]?.metadata.name ?? '';
  assert.match(await godwit.kubectl('exec', name, '--', 'sh', '-c', 'echo from $HOSTNAME'), new RegExp(`from ${name}`));
  await godwit.kubectl('cp', join(projectRoot, 'LICENSE'), `${name}:/tmp/LICENSE`);
  assert.match(await godwit.kubectl('exec', name, '--', 'head', '-1', '/tmp/LICENSE'), /Apache License/);
  assert.notEqual((await godwit.kubectl('logs', name)).length, 0);
});

test('deleting takes everything along', async () => {
  await godwit.kubectl('delete', '-f', join(projectRoot, 'examples/myapp.yaml'), '--timeout=60s');
  await waitFor('no pods', async () => (await pods()).length === 0);
  await assert.rejects(fetchText(address));
});
