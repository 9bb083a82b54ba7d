/** Every kubectl, and the official JavaScript client, with a whole cloud. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import * as kubernetes from '@kubernetes/client-node';
import { KubectlSession } from '../conformance/support/kubectl-session.ts';
import { GodwitUnderTest, projectRoot, waitFor } from '../support/godwit.ts';
import { buildMyapp, buildShell, buildTinyGuest } from '../support/images.ts';
import { findKubectls } from '../support/kubectl.ts';
import { Turns } from '../support/turns.ts';
import { isDoneAlone, steps } from './kubectl/index.ts';
import { shellPod } from './kubectl/step.ts';

const godwit = new GodwitUnderTest();
const folder = mkdtempSync(join(tmpdir(), 'godwit-kubectl-'));
let shellImage = '';
let node = '';

before(async () => {
  await buildTinyGuest();
  await buildMyapp();
  shellImage = await buildShell();
  await godwit.up();
  node = (await godwit.kubectl('get', 'nodes', '-o', 'jsonpath={.items[0].metadata.name}')).trim();
  await makeShared();
});

after(async () => {
  await godwit.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What takes long to make, and is only looked at: a virtual machine, and a pod with a volume. */
async function makeShared(): Promise<void> {
  await godwit.kubectl('create', '-f', join(projectRoot, 'examples/tiny-vm.yaml'));
  await godwit.apply(
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'kept' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '16Mi' } } },
    }),
  );
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'kept' } }];
  await godwit.apply(shellPod('keeper', shellImage, { main: 'exec sleep 100000' }, { volumes }));
  await godwit.kubectl('wait', 'pod/keeper', '--for=condition=Ready', '--timeout=180s');
  await godwit.kubectl('wait', 'vm/tiny', '--for=jsonpath={.status.printableStatus}=Running', '--timeout=180s');
}

test('there is a kubectl', () => assert.notDeepEqual(findKubectls(), []));

/** They mostly wait for machines: two do that in little more time than one. */
describe('every kubectl', { concurrency: 2 }, () => {
  const turns = new Turns();
  for (const kubectl of findKubectls()) {
    test(`kubectl ${kubectl.version}`, async (t) => {
      const cloud = { kubeconfig: godwit.kubeconfig, folder: join(folder, kubectl.version), shellImage, node };
      mkdirSync(cloud.folder);
      const session = await KubectlSession.open(cloud, kubectl, 'kubectl');
      for (const [name, step] of Object.entries(steps)) {
        const work = () => step(session, cloud);
        await t.test(name, () => (isDoneAlone(name) ? turns.alone(work) : turns.beside(work)));
      }
    });
  }
});

const config = new kubernetes.KubeConfig();
const core = () => config.makeApiClient(kubernetes.CoreV1Api);
const namespace = 'default';

test('the JavaScript client reads logs, as a whole and to their end', async () => {
  config.loadFromFile(godwit.kubeconfig);
  await godwit.apply(shellPod('talking', shellImage, { main: 'echo hello; exec sleep 100000' }));
  const counting =
    'echo line 1; until [ -e /tmp/enough ]; do sleep 0.1; done; for i in 2 3 4 5 6 7 8; do echo line $i; done';
  await godwit.apply(shellPod('counting', shellImage, { main: counting }, { restartPolicy: 'Never' }));
  await godwit.kubectl('wait', 'pod/talking', 'pod/counting', '--for=condition=Ready', '--timeout=180s');
  const whole = await waitFor('its first words', async () => {
    return (await core().readNamespacedPodLog({ name: 'talking', namespace, container: 'main' })) || false;
  });
  assert.equal(whole, 'hello\n');
  // Followed to its end: the library has nobody to tell of an error when the reading is broken off.
  const output = new PassThrough();
  await new kubernetes.Log(config).log(namespace, 'counting', 'main', output, { follow: true });
  const read = text(output);
  await godwit.kubectl('exec', 'counting', '--', 'touch', '/tmp/enough');
  const lines = (await read).trim().split('\n');
  assert.deepEqual(
    lines,
    [1, 2, 3, 4, 5, 6, 7, 8].map((number) => `line ${number}`),
  );
});

test('the JavaScript client runs programs in a container', async () => {
  const [out, err, input] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const command = ['sh', '-c', 'cat; echo bad >&2; exit 4'];
  const status = new Promise<kubernetes.V1Status>((resolve, reject) => {
    new kubernetes.Exec(config)
      .exec(namespace, 'talking', 'main', command, out, err, input, false, resolve)
      .catch(reject);
  });
  input.end('typed in');
  const ended = await status;
  assert.deepEqual([ended.status, ended.details?.causes?.[0]?.message], ['Failure', '4']);
  assert.deepEqual([String(out.read()), String(err.read())], ['typed in', 'bad\n']);
});

test('an informer of the JavaScript client misses nothing when the program is killed and comes back', async () => {
  const labelSelector = 'informed=yes';
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  const list = () => core().listNamespacedConfigMap({ namespace, labelSelector });
  const informer = kubernetes.makeInformer(config, path, list, labelSelector);
  const known = new Set<string>();
  informer.on('add', ({ metadata }) => known.add(metadata?.name ?? ''));
  informer.on('delete', ({ metadata }) => known.delete(metadata?.name ?? ''));
  // The library leaves it to its user to start again after an error.
  let stopped = false;
  const restart = () => {
    if (!stopped) informer.start().catch(() => setTimeout(restart, 100));
  };
  informer.on('error', () => setTimeout(restart, 100));
  const create = (name: string) =>
    core().createNamespacedConfigMap({ namespace, body: { metadata: { name, labels: { informed: 'yes' } } } });
  const knows = (names: string) => waitFor(names, async () => [...known].toSorted().join() === names);
  await informer.start();
  await Promise.all([create('one'), create('two')]);
  await knows('one,two');
  await godwit.kill();
  await godwit.up();
  await core().deleteNamespacedConfigMap({ name: 'one', namespace });
  await create('three');
  await knows('three,two');
  stopped = true;
  await informer.stop();
});

test('a pod that ran on through the kill is reached as before', async () => {
  assert.equal(await godwit.kubectl('logs', 'talking', '--tail=1'), 'hello\n');
  assert.equal((await godwit.kubectl('exec', 'talking', '--', 'echo', 'still here')).trim(), 'still here');
  assert.match(await godwit.kubectl('get', 'pod', 'talking'), /talking +1\/1 +Running +0 /);
});
