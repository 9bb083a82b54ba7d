/** What machines use and how they change their size and number: top, resize, growth, pools, evictions. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  type Pod,
  type VirtualMachine,
  type VirtualMachineInstance,
  type VirtualMachinePool,
  wholeUnits,
} from '@godwit/kinds';
import { GodwitUnderTest, waitFor } from '../support/godwit.ts';
import { buildShell, buildTinyGuest } from '../support/images.ts';
import { tinyFirmware } from '../support/tiny-machine.ts';

const godwit = new GodwitUnderTest();
let shell = '';

before(async () => {
  await buildTinyGuest();
  shell = await buildShell();
  await godwit.up();
});

after(() => godwit.stop());

const guest = `
          terminationGracePeriodSeconds: 5
          domain:
            memory: {guest: 192Mi}
            devices: {rng: {}}
            firmware: ${tinyFirmware}`;

const patch = (resource: string, name: string, body: object, ...more: string[]) =>
  godwit.tryKubectl(['patch', resource, name, '-p', JSON.stringify(body), ...more]);

const domain = (change: object) => ({ spec: { template: { spec: { domain: change } } } });

const tinyStatus = async () => (await godwit.get<VirtualMachineInstance>('vmi', 'tiny'))?.status;

async function runningTiny(): Promise<VirtualMachineInstance> {
  return waitFor('the guest with its agent', async () => {
    const found = await godwit.get<VirtualMachineInstance>('vmi', 'tiny');
    return found?.status?.conditions?.some(({ type }) => type === 'AgentConnected') && found;
  });
}

/** Why the machine needs a restart; undefined when it needs none. */
async function restartRequired(): Promise<string | undefined> {
  const { status } = (await godwit.get<VirtualMachine>('vm', 'tiny')) ?? {};
  return status?.conditions?.find(({ type }) => type === 'RestartRequired')?.message;
}

/** Thousandths of a core that `kubectl top` shows for a line that begins so. */
function millicores(table: string, name: string): number | undefined {
  const line = table.split('\n').find((text) => text.startsWith(`${name} `));
  const cell = line?.split(/ +/)[1];
  return cell === undefined ? undefined : Number.parseInt(cell, 10);
}

test('kubectl top shows what hosts, pods and virtual machines use', async () => {
  await godwit.apply(`
apiVersion: v1
kind: Pod
metadata: {name: busy, labels: {app: busy}}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: main
    image: ${shell}
    command: [sh, -c, "while :; do :; done"]
    resources: {requests: {cpu: 50m, memory: 8Mi}, limits: {cpu: 200m, memory: 32Mi}}
---
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: {name: tiny}
spec:
  runStrategy: Always
  template:
    spec:${guest.replaceAll('\n    ', '\n')}
`);
  await waitFor('the pod in kubectl top', async () => {
    const used = millicores(await godwit.kubectl('top', 'pod', '-l', 'app=busy'), 'busy');
    return used !== undefined && used > 100 && used < 300;
  });
  const node = (await godwit.kubectl('get', 'nodes', '-o', 'name')).trim().replace('node/', '');
  await waitFor('the node in kubectl top', async () => {
    return (millicores(await godwit.kubectl('top', 'node'), node) ?? 0) > 100;
  });
  await waitFor('the machine among the measurements', async () => {
    const table = await godwit.kubectl('get', 'vmimetrics');
    return /^tiny +\d+m +\d+Mi +\d/m.test(table);
  });
  const text = await godwit.kubectl('get', '--raw', '/metrics');
  assert.match(text, /^container_cpu_usage_seconds_total\{.*pod="busy",container="main"\} \d/m);
  assert.match(text, /^kubevirt_vmi_memory_resident_bytes\{.*name="tiny"\} \d/m);
  assert.match(text, /^node_cpu_usage_seconds_total\{node=".+"\} \d/m);
});

test('a pod is resized where it runs, and refused what its host does not have', async () => {
  const containers = (cpu: string) => ({ spec: { containers: [{ name: 'main', resources: { requests: { cpu } } }] } });
  const asked = await patch('pod', 'busy', containers('100m'), '--subresource', 'resize');
  assert.equal(asked.status, 0, asked.stderr);
  const pod = await waitFor('its new size', async () => {
    const found = await godwit.get<Pod>('pod', 'busy');
    return found?.status?.containerStatuses?.[0]?.resources?.requests?.cpu === '100m' && found;
  });
  assert.equal(pod.status?.containerStatuses?.[0]?.restartCount, 0);
  const limits = {
    spec: { containers: [{ name: 'main', resources: { requests: { cpu: '900' }, limits: { cpu: '900' } } }] },
  };
  const refused = await patch('pod', 'busy', limits, '--subresource', 'resize');
  assert.notEqual(refused.status, 0);
  assert.match(refused.stderr, /does not fit on node .*Insufficient cpu/);
});

test('a running virtual machine grows and shrinks with its template, below its start too', async () => {
  const { metadata } = await runningTiny();
  const resize = async (sockets: number, guest: string) => {
    await patch('vm', 'tiny', domain({ cpu: { sockets }, memory: { guest } }), '--type', 'merge');
    await waitFor(`${sockets} sockets and ${guest}`, async () => {
      const { currentCPUTopology, memory } = (await tinyStatus()) ?? {};
      return currentCPUTopology?.sockets === sockets && memory?.guestCurrent === guest;
    });
  };
  await resize(2, '256Mi');
  await resize(1, '160Mi');
  const { memory } = (await tinyStatus()) ?? {};
  assert.deepEqual([memory?.guestAtBoot, memory?.guestRequested], ['192Mi', '160Mi']);
  assert.equal(await restartRequired(), undefined);
  await resize(2, '192Mi');
  assert.equal((await godwit.get<VirtualMachineInstance>('vmi', 'tiny'))?.metadata.uid, metadata.uid);
});

test('a guest that keeps its memory is left with it, and the machine says that it needs a restart', async () => {
  await patch('vm', 'tiny', domain({ memory: { guest: '64Mi' } }), '--type', 'merge');
  const message = await waitFor('the guest to refuse', restartRequired);
  assert.match(message, /The guest keeps 1\d\d(\.\d)? MiB of memory and is to have 64 MiB/);
  const { memory, conditions } = (await tinyStatus()) ?? {};
  assert.equal(conditions?.find(({ type }) => type === 'HotMemoryChange')?.reason, 'GuestKeepsMemory');
  assert.equal(conditions?.find(({ type }) => type === 'Ready')?.status, 'True');
  assert.ok(wholeUnits(memory?.guestCurrent) > 100 * 2 ** 20);
  await patch('vm', 'tiny', domain({ memory: { guest: '192Mi' } }), '--type', 'merge');
  await waitFor('no restart to be needed', async () => (await restartRequired()) === undefined);
});

test('sizes that make no sense are refused with the field, and others wait for a restart', async () => {
  for (const [change, field] of [
    [{ cpu: { sockets: -1 } }, 'cpu.sockets'],
    [{ cpu: { sockets: 9, maxSockets: 4 } }, 'cpu.sockets'],
    [{ memory: { guest: '0' } }, 'memory.guest'],
    [{ memory: { guest: '900k' } }, 'memory.guest'],
    [{ memory: { guest: 'much' } }, 'memory.guest'],
    [{ memory: { guest: '9Gi', maxGuest: '4Gi' } }, 'memory.guest'],
  ] as const) {
    const { status, stderr } = await patch('vm', 'tiny', domain(change), '--type', 'merge');
    assert.notEqual(status, 0, JSON.stringify(change));
    assert.ok(stderr.includes(`spec.template.spec.domain.${field}`), stderr);
  }
  for (const change of [{ cpu: { sockets: 64 } }, { cpu: { cores: 2 } }, { memory: { guest: '40Mi' } }]) {
    await patch('vm', 'tiny', domain(change), '--type', 'merge');
    await waitFor(`a restart to be asked for ${JSON.stringify(change)}`, restartRequired);
    await patch('vm', 'tiny', domain({ cpu: { sockets: 2, cores: 1 }, memory: { guest: '192Mi' } }), '--type', 'merge');
    await waitFor('no restart to be needed', async () => (await restartRequired()) === undefined);
  }
  assert.equal((await tinyStatus())?.phase, 'Running');
  await godwit.kubectl('delete', 'vm', 'tiny');
});

test('a pool of virtual machines follows its scale', async () => {
  await godwit.apply(`
apiVersion: pool.kubevirt.io/v1beta1
kind: VirtualMachinePool
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  scaleInStrategy: {proactive: {selectionPolicy: {sortPolicy: DescendingOrder}}}
  virtualMachineTemplate:
    metadata: {labels: {app: web}}
    spec:
      runStrategy: Always
      template:
        metadata: {labels: {app: web}}
        spec:${guest}
`);
  const ready = (count: number) =>
    waitFor(`${count} that answer`, async () => {
      const { status } = (await godwit.get<VirtualMachinePool>('vmpool', 'web')) ?? {};
      return status?.readyReplicas === count && status.replicas === count;
    });
  await ready(1);
  await godwit.kubectl('scale', 'vmpool', 'web', '--replicas=2');
  await ready(2);
  assert.match(await godwit.kubectl('get', 'vm', '-o', 'name'), /web-0\n.*web-1\n/);
  await godwit.kubectl('scale', 'vmpool', 'web', '--replicas=1');
  await waitFor('one machine', async () => (await godwit.kubectl('get', 'vm', '-o', 'name')).trim().endsWith('/web-0'));
  await godwit.kubectl('delete', 'vmpool', 'web');
});

test('kubectl drain keeps a disruption budget', async () => {
  await godwit.apply(`
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: busy}
spec: {minAvailable: 1, selector: {matchLabels: {app: busy}}}
`);
  const node = (await godwit.kubectl('get', 'nodes', '-o', 'name')).trim().replace('node/', '');
  const drain = (timeout: string) =>
    godwit.tryKubectl(['drain', node, '--force', '--pod-selector=app=busy', `--timeout=${timeout}`]);
  const held = await drain('2s');
  assert.notEqual(held.status, 0);
  assert.ok(await godwit.get<Pod>('pod', 'busy'));
  await godwit.kubectl('delete', 'pdb', 'busy');
  const done = await drain('180s');
  assert.equal(done.status, 0, done.stderr);
  assert.equal(await godwit.get<Pod>('pod', 'busy'), undefined);
  await godwit.kubectl('uncordon', node);
});
