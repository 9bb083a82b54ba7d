import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MachineAccess, MachineStream } from '@godwit/kinds';
import type { Loose } from '../testing/loose.ts';
import { openDoor, pod, pods } from '../testing/open-door.ts';

const machines = { group: 'kubevirt.io', version: 'v1', plural: 'virtualmachines', namespace: 'default' };
const instances = { group: 'kubevirt.io', version: 'v1', plural: 'virtualmachineinstances', namespace: 'default' };
const template = { spec: { domain: { devices: {}, resources: { requests: { memory: '64Mi' } } } } };

const nodes = { group: '', version: 'v1', plural: 'nodes' };
const budgets = { group: 'policy', version: 'v1', plural: 'poddisruptionbudgets', namespace: 'default' };

/** Pods that are ready, a budget over them, and the asking of one to go. */
async function underBudget(names: readonly string[], minAvailable: number) {
  const { door } = await openDoor();
  const selector = { matchLabels: { app: 'web' } };
  await door.create(budgets, { metadata: { name: 'budget' }, spec: { minAvailable, selector } });
  const conditions = [{ type: 'Ready', status: 'True' }];
  for (const name of names) {
    await door.create(pods, pod(name, { labels: { app: 'web' } }));
    const body = { status: { phase: 'Running', conditions } };
    await door.patch({ ...pods, name, subresource: 'status' }, { type: 'merge', body });
  }
  const evict = (name: string) =>
    door.create(
      { ...pods, name, subresource: 'eviction' },
      { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } },
    );
  return { door, evict };
}

test('an eviction goes as far as the disruption budget allows', async () => {
  const { door, evict } = await underBudget(['a', 'b', 'c'], 2);
  const results = await Promise.allSettled([evict('a'), evict('b')]);
  const refused = results.filter((result) => result.status === 'rejected');
  assert.equal(refused.length, 1);
  assert.equal(refused[0]?.reason.code, 'TooManyRequests');
  assert.match(refused[0]?.reason.message, /disruption budget/);
  assert.equal((await door.list(pods)).items.length, 2);
});

test('an eviction is judged anew when the budget changes under it', async () => {
  const { door, evict } = await underBudget(['a', 'b'], 0);
  const note = (allowed: number) =>
    door.patch(
      { ...budgets, name: 'budget', subresource: 'status' },
      { type: 'merge', body: { status: { disruptionsAllowed: allowed } } },
    );
  await Promise.all([evict('a'), note(7), note(8), note(9), evict('b'), note(10)]);
  assert.equal((await door.list(pods)).items.length, 0);
});

test('why a pod goes stands on it when it goes, and not when a budget keeps it', async () => {
  const { door } = await underBudget(['a', 'b'], 1);
  await door.create(nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'host' } });
  const annotations = { 'godwit.dev/decision': 'because' };
  const ask = (name: string) =>
    door.create(
      { ...pods, name, subresource: 'eviction' },
      { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, annotations } },
    );
  for (const name of ['a', 'b']) {
    await door.create({ ...pods, name, subresource: 'binding' }, { target: { kind: 'Node', name: 'host' } });
  }
  await ask('a');
  await assert.rejects(ask('b'), /disruption budget/);
  const [gone, kept] = await Promise.all(['a', 'b'].map((name) => door.get({ ...pods, name })));
  assert.ok(gone?.metadata.deletionTimestamp);
  assert.equal(gone.metadata.annotations?.['godwit.dev/decision'], 'because');
  assert.equal(kept?.metadata.annotations?.['godwit.dev/decision'], undefined);
});

test('start and stop of a machine are writes, and are refused where they make no sense', async () => {
  const { operations, admin, door } = await openDoor();
  await door.create(machines, { metadata: { name: 'vm' }, spec: { runStrategy: 'Halted', template } });
  const act = (subresource: string, body?: object) =>
    operations.act(admin, { ...machines, group: 'subresources.kubevirt.io', name: 'vm', subresource }, 'update', body);
  assert.equal(await act('start'), undefined);
  const started: Loose = await door.get({ ...machines, name: 'vm' });
  assert.equal(started.spec.runStrategy, 'Always');
  assert.equal(started.metadata.generation, 2);
  await assert.rejects(act('start'), { code: 'Conflict' });
  await act('stop', {});
  assert.equal(((await door.get({ ...machines, name: 'vm' })) as Loose).spec.runStrategy, 'Halted');
  await assert.rejects(act('fly'), { code: 'NotFound' });
});

test('orders and streams go to the host of the machine', async () => {
  const asked: string[] = [];
  const access: MachineAccess = {
    stream: async (machine, request) => {
      asked.push(
        `${machine.kind} ${machine.name} ${request.type} ${'container' in request ? request.container : ''}`.trim(),
      );
      return {} as MachineStream;
    },
    order: async (machine, order) => {
      asked.push(`${machine.kind} ${machine.name} ${order}`);
      return undefined;
    },
  };
  const { operations, admin, door } = await openDoor({ machines: (node) => (node === 'n1' ? access : undefined) });
  const target = { apiVersion: 'v1', kind: 'Node', name: 'n1' };
  const binding = (name: string, node = target) => ({
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name },
    target: node,
  });
  await door.create(instances, { metadata: { name: 'vmi' }, spec: template.spec });
  const pause = { ...instances, group: 'subresources.kubevirt.io', name: 'vmi', subresource: 'pause' };
  await assert.rejects(operations.act(admin, pause, 'update', undefined), { code: 'BadRequest' });
  await door.create({ ...instances, name: 'vmi', subresource: 'binding' }, binding('vmi'));
  const bound: Loose = await door.get({ ...instances, name: 'vmi' });
  assert.equal(bound.status.nodeName, 'n1');
  assert.equal(bound.status.phase, 'Scheduled');
  assert.equal(bound.metadata.labels['kubevirt.io/nodeName'], 'n1');
  await assert.rejects(operations.act(admin, pause, 'update', undefined), { code: 'Conflict' });
  const running = { type: 'merge', body: { status: { phase: 'Running' } } } as const;
  await door.patch({ ...instances, name: 'vmi', subresource: 'status' }, running);
  await operations.act(admin, pause, 'update', undefined);
  await door.create(pods, pod('web'));
  await door.create({ ...pods, name: 'web', subresource: 'binding' }, binding('web'));
  const exec = { type: 'exec', command: ['sh'], stdin: true, stdout: true, stderr: true, tty: false } as const;
  const signal = new AbortController().signal;
  await operations.stream(admin, { ...pods, name: 'web', subresource: 'exec' }, 'create', exec, signal);
  assert.deepEqual(asked, ['VirtualMachineInstance vmi pause', 'Pod web exec main']);
  await door.create(pods, pod('far'));
  await door.create({ ...pods, name: 'far', subresource: 'binding' }, binding('far', { ...target, name: 'n2' }));
  await assert.rejects(
    operations.stream(admin, { ...pods, name: 'far', subresource: 'exec' }, 'create', exec, signal),
    { code: 'ServiceUnavailable' },
  );
});

test('an instance of a machine keeps the address of its machine', async () => {
  const { door } = await openDoor();
  const spec = {
    subnet: '10.80.0.0/24',
    gateway: '10.80.0.1',
    serviceSubnet: '10.80.128.0/24',
    loadBalancerRange: '10.80.192.0/24',
    dnsDomain: 'cluster.local',
  };
  await door.create(
    { group: 'godwit.dev', version: 'v1alpha1', plural: 'networks' },
    { metadata: { name: 'default' }, spec },
  );
  const vm = await door.create(machines, { metadata: { name: 'vm' }, spec: { runStrategy: 'Always', template } });
  const owner = {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachine',
    name: 'vm',
    uid: vm.metadata.uid,
    controller: true,
  };
  const addresses: string[] = [];
  for (let run = 0; run < 2; run++) {
    await door.create(instances, { metadata: { name: 'vm', ownerReferences: [owner] }, spec: template.spec });
    const target = { apiVersion: 'v1', kind: 'Node', name: 'n1' };
    const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'vm' }, target };
    await door.create({ ...instances, name: 'vm', subresource: 'binding' }, binding);
    const bound = await door.get({ ...instances, name: 'vm' });
    addresses.push(JSON.parse(bound.metadata.annotations?.['network.godwit.dev/addresses'] ?? '')[0].ip);
    await door.delete({ ...instances, name: 'vm' });
    await door
      .patch({ ...instances, name: 'vm' }, { type: 'merge', body: { metadata: { finalizers: null } } })
      .catch(() => {});
  }
  assert.deepEqual(addresses, ['10.80.0.2', '10.80.0.2']);
  await door.create(instances, { metadata: { name: 'late', ownerReferences: [owner] }, spec: template.spec });
  const list = { group: 'networking.k8s.io', version: 'v1', plural: 'ipaddresses' };
  assert.equal((await door.list(list)).items.length, 1);
  await door.delete({ ...machines, name: 'vm' });
  await door
    .patch({ ...machines, name: 'vm' }, { type: 'merge', body: { metadata: { finalizers: null } } })
    .catch(() => {});
  assert.equal((await door.list(list)).items.length, 0);
  // Who would give it back is gone: an instance that is left over gets none.
  const target = { apiVersion: 'v1', kind: 'Node', name: 'n1' };
  const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'late' }, target };
  await assert.rejects(door.create({ ...instances, name: 'late', subresource: 'binding' }, binding), {
    code: 'Conflict',
    message: /its VirtualMachine vm is gone/,
  });
  assert.equal((await door.list(list)).items.length, 0);
});
