/** The manifest that everybody starts with: a Deployment behind a LoadBalancer, and that nothing is lost. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Deployment, Pod } from '@godwit/kinds';
import { GodwitUnderTest, projectRoot, waitFor } from '../support/godwit.ts';
import { processesMentioning } from '../support/host-traces.ts';
import { fetchText, startLoad } from '../support/http-load.ts';
import { buildMyapp, buildShell } from '../support/images.ts';
import { runProgram } from '../support/kubectl.ts';

const godwit = new GodwitUnderTest();
let address = '';
let shellImage = '';

before(async () => {
  await buildMyapp();
  shellImage = await buildShell();
  await godwit.up();
});

after(() => godwit.stop());

async function pods(): Promise<Pod[]> {
  return JSON.parse(await godwit.kubectl('get', 'pods', '-l', 'app=myapp', '-o', 'json')).items;
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
  address = `http://${await godwit.externalAddress('myapp-service')}:80/`;
  const table = await godwit.kubectl('get', 'pods,services,deployments');
  assert.match(table, /pod\/myapp-deployment-\w+-\w+ +1\/1 +Running +0/);
  assert.match(table, /deployment\.apps\/myapp-deployment +3\/3 +3 +3/);
  assert.match(table, /service\/myapp-service +LoadBalancer +10\.\d+\.\d+\.\d+ +10\.\d+\.\d+\.\d+ +80:\d+\/TCP/);
  await waitFor('all three to answer', async () => {
    const answers = new Set<string>();
    for (let i = 0; i < 9; i++) answers.add(await fetchText(address));
    return answers.size === 3;
  });
});

test('a rolling update, a scale 3→6→2 and a kill -9 of a container lose no request', async () => {
  const load = startLoad(address);
  await godwit.kubectl('set', 'env', 'deployment/myapp-deployment', 'COLOUR=blue');
  await godwit.kubectl('rollout', 'status', 'deployment/myapp-deployment', '--timeout=180s');
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
  const monitor = processesMentioning(godwit.state).find(({ command }) => /^\S*conmon/.test(command));
  assert.ok(monitor, 'no container runs');
  const { stdout } = await runProgram('pgrep', ['-P', String(monitor.pid)]);
  process.kill(Number(stdout.trim()), 'SIGKILL');
  await waitFor('the restart', async () =>
    (await pods()).some((pod) => (pod.status?.containerStatuses?.[0]?.restartCount ?? 0) > 0),
  );
  await waitForReplicas(2);
}

test('undo brings the earlier template back, and history tells of it', async () => {
  await godwit.kubectl('rollout', 'undo', 'deployment/myapp-deployment');
  await godwit.kubectl('rollout', 'status', 'deployment/myapp-deployment', '--timeout=180s');
  const deployment = await godwit.get<Deployment>('deployment', 'myapp-deployment');
  assert.equal(deployment?.spec.template.spec?.containers?.[0]?.env, undefined);
  assert.match(await godwit.kubectl('rollout', 'history', 'deployment/myapp-deployment'), /\n2 .*\n3 /);
});

test('logs, exec and cp reach a container', async () => {
  await godwit.kubectl('run', 'shell', `--image=${shellImage}`);
  await godwit.kubectl('wait', '--for=condition=Ready', 'pod/shell', '--timeout=180s');
  const logs = await waitFor('its first words', () => godwit.kubectl('logs', 'shell').then((text) => text || false));
  assert.equal(logs, 'started\n');
  assert.equal(await godwit.kubectl('exec', 'shell', '--', 'sh', '-c', 'echo from $HOSTNAME'), 'from shell\n');
  const failing = await godwit.tryKubectl(['exec', 'shell', '--', 'sh', '-c', 'exit 7']);
  assert.equal(failing.status, 7);
  await godwit.kubectl('cp', join(projectRoot, 'LICENSE'), 'shell:/tmp/LICENSE');
  assert.match(await godwit.kubectl('exec', 'shell', '--', 'head', '-3', '/tmp/LICENSE'), /Apache License/);
});

test('a pod that names its host runs there, with an address, and is refused where it has no room', async () => {
  const node = (await godwit.kubectl('get', 'nodes', '-o', 'jsonpath={.items[0].metadata.name}')).trim();
  const named = (requests: object) =>
    JSON.stringify({
      spec: { nodeName: node, containers: [{ name: 'named', image: shellImage, resources: { requests } }] },
    });
  await godwit.kubectl('run', 'named', `--image=${shellImage}`, `--overrides=${named({ cpu: '10m' })}`);
  await godwit.kubectl('wait', '--for=condition=Ready', 'pod/named', '--timeout=180s');
  assert.match(await godwit.kubectl('get', 'pod', 'named', '-o', 'jsonpath={.status.podIP}'), /^10\./);
  const refused = await godwit.tryKubectl([
    'run',
    'vast',
    `--image=${shellImage}`,
    `--overrides=${named({ memory: '900Ti' })}`,
  ]);
  assert.match(refused.stderr, /it does not fit on node ".*": Insufficient memory \(needs 900 TiB, has .* free\)/);
});

test('deleting takes everything along', async () => {
  await godwit.kubectl('delete', '-f', join(projectRoot, 'examples/myapp.yaml'), '--timeout=180s');
  await waitFor('no pods', async () => (await pods()).length === 0);
  await assert.rejects(fetchText(address));
});
