import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { WebSocket } from 'ws';
import type { KeyPair } from '../../apps/godwit/src/pki/certificates.ts';
import { ApiUnderTest } from './support/api-under-test.ts';
import { HttpsClient } from './support/https-client.ts';

/** The paths and subprotocols that KubeVirt's virtctl uses, by hand: virtctl itself is not in Debian. */
let api: ApiUnderTest;
let pair: KeyPair;
let admin: HttpsClient;
const machines = '/apis/kubevirt.io/v1/namespaces/default/virtualmachineinstances';
const streams = (version = 'v1') =>
  `/apis/subresources.kubevirt.io/${version}/namespaces/default/virtualmachineinstances/guest`;

before(async () => {
  api = await ApiUnderTest.start();
  pair = await api.issue('admin', ['system:masters']);
  admin = new HttpsClient(api, pair);
  await send('/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'here' } });
  const spec = { domain: { devices: {}, memory: { guest: '64Mi' } } };
  await send(machines, {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: { name: 'guest' },
    spec,
  });
  await send(`${machines}/guest/binding`, {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name: 'guest' },
    target: { kind: 'Node', name: 'here' },
  });
  const status = { status: { phase: 'Running' } };
  const patched = await admin.send(`${machines}/guest/status`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/merge-patch+json' },
    body: JSON.stringify(status),
  });
  assert.equal(patched.status, 200, String(patched.body));
});
after(async () => {
  admin.close();
  await api.close();
});

async function send(path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await admin.send(path, { method: 'POST', headers, body: JSON.stringify(body) });
  assert.equal(answer.status, 201, String(answer.body));
}

async function open(path: string, protocol = 'plain.kubevirt.io', who: KeyPair | undefined = pair): Promise<WebSocket> {
  const socket = new WebSocket(`wss://127.0.0.1:${api.port}${path}`, [protocol], {
    ca: api.authority.certificate,
    ...(who && { cert: who.certificate, key: who.privateKey }),
  });
  await once(socket, 'open');
  return socket;
}

test('a console is bytes both ways, in every version of the group', async () => {
  for (const version of ['v1', 'v1alpha3']) {
    const socket = await open(`${streams(version)}/console`);
    assert.equal(socket.protocol, 'plain.kubevirt.io');
    socket.send('echo $((6*7))\n');
    const [data] = (await once(socket, 'message')) as [Buffer];
    assert.equal(String(data), '42\n');
    socket.close();
    await once(socket, 'close');
  }
});

test('a screen, and a picture of it', async () => {
  const socket = await open(`${streams()}/vnc`);
  const [data] = (await once(socket, 'message')) as [Buffer];
  assert.match(String(data), /^RFB 003\.008/);
  await once(socket, 'close');
  const picture = await admin.send(`${streams()}/vnc/screenshot`);
  assert.deepEqual([picture.status, picture.headers['content-type']], [200, 'image/png']);
  assert.ok(picture.body.length > 0);
});

test('a port of the machine', async () => {
  const echo = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const socket = await open(`${streams()}/portforward/${(echo.address() as AddressInfo).port}/tcp`);
  socket.send('ping');
  const [data] = (await once(socket, 'message')) as [Buffer];
  assert.equal(String(data), 'ping');
  socket.close();
  await once(socket, 'close');
  echo.close();
});

test('orders are answered as KubeVirt answers them', async () => {
  for (const order of ['pause', 'softreboot']) {
    const answer = await admin.send(`${streams()}/${order}`, { method: 'PUT', body: '{}' });
    assert.equal(answer.status, 202, String(answer.body));
  }
  assert.deepEqual(api.machines.orders, ['guest pause', 'guest soft-reboot']);
  const early = await admin.send(`${streams()}/unpause`, { method: 'PUT' });
  assert.equal(early.status, 409, String(early.body));
  const told = await admin.send(`${streams()}/guestosinfo`);
  assert.equal(told.json<{ hostname: string }>().hostname, 'guest');
  const unknown = await admin.send(`${streams()}/fly`, { method: 'PUT' });
  assert.equal(unknown.status, 404, String(unknown.body));
});

test('a stream is refused before the connection is changed', async () => {
  const stranger = await api.issue('stranger', []);
  await assert.rejects(open(`${streams()}/console`, 'plain.kubevirt.io', stranger), /403/);
  await assert.rejects(open(`${streams().replace('guest', 'nobody')}/console`), /404/);
  const plain = await admin.send(`${streams()}/console`);
  assert.equal(plain.status, 400);
  assert.match(String(plain.body), /Upgrade request required/);
});

test('a browser, which can send no headers, gives its token as a subprotocol', async () => {
  const metadata = { name: 'viewer' };
  await send('/api/v1/namespaces/default/serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata });
  await send('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', namespace: 'default', name: 'viewer' }],
  });
  const issued = await admin.send('/api/v1/namespaces/default/serviceaccounts/viewer/token', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }),
  });
  const { token } = issued.json<{ status: { token: string } }>().status;
  const carrier = `base64url.bearer.authorization.k8s.io.${Buffer.from(token).toString('base64url')}`;
  const socket = new WebSocket(`wss://127.0.0.1:${api.port}${streams()}/console`, ['binary', carrier], {
    ca: api.authority.certificate,
  });
  await once(socket, 'open');
  assert.equal(socket.protocol, 'binary');
  socket.close();
  await once(socket, 'close');
});

test('the version is told where virtctl looks for it', async () => {
  const answer = await admin.send('/apis/subresources.kubevirt.io/v1/version');
  assert.equal(answer.json<{ gitVersion: string }>().gitVersion, 'v1.32.0+godwit');
});
