import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { PassThrough } from 'node:stream';
import { after, before, test } from 'node:test';
import * as kubernetes from '@kubernetes/client-node';
import { ApiUnderTest } from './support/api-under-test.ts';

let api: ApiUnderTest;
const config = new kubernetes.KubeConfig();

before(async () => {
  api = await ApiUnderTest.start();
  config.loadFromFile(api.kubeconfig);
});
after(() => api.close());

const core = () => config.makeApiClient(kubernetes.CoreV1Api);
const namespace = 'default';
const configMap = (name: string, data: Record<string, string> = {}, labels: Record<string, string> = {}) => ({
  metadata: { name, labels },
  data,
});

test('create, read, list with pages and selectors, replace, delete', async () => {
  for (let i = 0; i < 5; i++) {
    await core().createNamespacedConfigMap({
      namespace,
      body: configMap(`page-${i}`, { i: String(i) }, { page: 'yes' }),
    });
  }
  const names: string[] = [];
  let next: string | undefined;
  do {
    const options = { namespace, limit: 2, labelSelector: 'page=yes', ...(next && { _continue: next }) };
    const page = await core().listNamespacedConfigMap(options);
    names.push(...page.items.map(({ metadata }) => metadata?.name ?? ''));
    next = page.metadata?._continue;
  } while (next);
  assert.deepEqual(names, ['page-0', 'page-1', 'page-2', 'page-3', 'page-4']);
  const read = await core().readNamespacedConfigMap({ name: 'page-0', namespace });
  const stale = Object.assign(read, { data: { i: 'changed' } });
  await core().replaceNamespacedConfigMap({ name: 'page-0', namespace, body: stale });
  await assert.rejects(
    core().replaceNamespacedConfigMap({
      name: 'page-0',
      namespace,
      body: Object.assign(stale, { data: { i: 'again' } }),
    }),
    (error: kubernetes.ApiException<string>) => error.code === 409,
  );
  await core().deleteCollectionNamespacedConfigMap({ namespace, labelSelector: 'page=yes' });
  await assert.rejects(
    core().readNamespacedConfigMap({ name: 'page-0', namespace }),
    (error: kubernetes.ApiException<string>) => error.code === 404,
  );
});

test('the four kinds of patch', async () => {
  await core().createNamespacedConfigMap({ namespace, body: configMap('patched', { a: '1' }) });
  const patch = (body: unknown, type: kubernetes.PatchStrategy, more: object = {}) =>
    core().patchNamespacedConfigMap(
      { name: 'patched', namespace, body, ...more },
      kubernetes.setHeaderOptions('Content-Type', type),
    );
  await patch([{ op: 'add', path: '/data/b', value: '2' }], kubernetes.PatchStrategy.JsonPatch);
  await patch({ data: { a: null } }, kubernetes.PatchStrategy.MergePatch);
  await patch({ data: { c: '3' } }, kubernetes.PatchStrategy.StrategicMergePatch);
  const applied = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'patched' }, data: { d: '4' } };
  const result = await patch(applied, kubernetes.PatchStrategy.ServerSideApply, { fieldManager: 'library' });
  assert.deepEqual(result.data, { b: '2', c: '3', d: '4' });
});

test('watch gives changes in order, and bookmarks', async () => {
  const { metadata } = await core().listNamespacedConfigMap({ namespace });
  const seen: string[] = [];
  const three = Promise.withResolvers<void>();
  const controller = await new kubernetes.Watch(config).watch(
    `/api/v1/namespaces/${namespace}/configmaps`,
    { resourceVersion: metadata?.resourceVersion, allowWatchBookmarks: true },
    (type: string, object: kubernetes.V1ConfigMap) => {
      if (type !== 'BOOKMARK') seen.push(`${type} ${object.metadata?.name} ${object.data?.n ?? ''}`);
      if (seen.length === 3) three.resolve();
    },
    () => {},
  );
  await core().createNamespacedConfigMap({ namespace, body: configMap('watched', { n: '1' }) });
  await core().replaceNamespacedConfigMap({ name: 'watched', namespace, body: configMap('watched', { n: '2' }) });
  await core().deleteNamespacedConfigMap({ name: 'watched', namespace });
  await three.promise;
  controller.abort();
  assert.deepEqual(seen, ['ADDED watched 1', 'MODIFIED watched 2', 'DELETED watched 2']);
});

test('an informer keeps up over a restart of the server', async () => {
  const labelSelector = 'informed=yes';
  const informer = kubernetes.makeInformer(
    config,
    `/api/v1/namespaces/${namespace}/configmaps`,
    () => core().listNamespacedConfigMap({ namespace, labelSelector }),
    labelSelector,
  );
  const known = new Set<string>();
  let wake = () => {};
  const changed = (act: (name: string) => void) => (object: kubernetes.V1ConfigMap) => {
    act(object.metadata?.name ?? '');
    wake();
  };
  informer.on(
    'add',
    changed((name) => known.add(name)),
  );
  informer.on(
    'delete',
    changed((name) => known.delete(name)),
  );
  // The library leaves it to its user to start again after an error.
  let stopped = false;
  informer.on('error', () => {
    setTimeout(() => {
      if (!stopped) informer.start().catch(() => {});
    }, 50);
  });
  const until = async (names: string) => {
    while ([...known].sort().join() !== names) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  await informer.start();
  await core().createNamespacedConfigMap({ namespace, body: configMap('one', {}, { informed: 'yes' }) });
  await until('one');
  await api.restart();
  await core().createNamespacedConfigMap({ namespace, body: configMap('two', {}, { informed: 'yes' }) });
  await core().deleteNamespacedConfigMap({ name: 'one', namespace });
  await until('two');
  stopped = true;
  await informer.stop();
});

test('exec, logs and port-forward', async () => {
  await runningPod('streams');
  const exec = new kubernetes.Exec(config);
  const out = new PassThrough();
  const err = new PassThrough();
  const input = new PassThrough();
  const status = new Promise<kubernetes.V1Status>((resolve, reject) => {
    const command = ['sh', '-c', 'cat; echo bad >&2; exit 4'];
    exec.exec(namespace, 'streams', 'main', command, out, err, input, false, resolve).catch(reject);
  });
  input.end('typed in');
  const ended = await status;
  assert.equal(ended.status, 'Failure');
  assert.equal(ended.details?.causes?.[0]?.message, '4');
  assert.equal(String(out.read()), 'typed in');
  assert.equal(String(err.read()), 'bad\n');

  api.machines.logs.set('streams', ['one', 'two']);
  const log = await core().readNamespacedPodLog({ name: 'streams', namespace, tailLines: 1 });
  assert.equal(log, 'two\n');

  const echo = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const { port } = echo.address() as AddressInfo;
  const forward = new kubernetes.PortForward(config);
  const local = createServer((socket) => {
    forward.portForward(namespace, 'streams', [port], socket, null, socket).catch(() => socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(local, 'listening');
  const client = connect((local.address() as AddressInfo).port, '127.0.0.1');
  client.write('ping');
  const [answer] = await once(client, 'data');
  assert.equal(String(answer), 'ping');
  client.destroy();
  local.close();
  echo.close();
});

async function runningPod(name: string): Promise<void> {
  const containers = [{ name: 'main', image: 'x' }];
  await core().createNode({ body: { metadata: { name: 'here' } } });
  await core().createNamespacedPod({ namespace, body: { metadata: { name }, spec: { containers } } });
  const target = { kind: 'Node', name: 'here' };
  await core().createNamespacedPodBinding({ name, namespace, body: { metadata: { name }, target } });
}
