/** Every example does what it says. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { DataVolume, Deployment, Pod, Service, VirtualMachineInstance } from '@godwit/kinds';
import { GodwitUnderTest, projectRoot, waitFor } from '../support/godwit.ts';
import { fetchText } from '../support/http-load.ts';
import { buildMyapp, buildTinyGuest } from '../support/images.ts';
import { runProgram } from '../support/kubectl.ts';

const godwit = new GodwitUnderTest();
const tried = new Set<string>();

before(async () => {
  await buildMyapp();
  const toolbox = join(projectRoot, 'examples/toolbox/Containerfile');
  const build = await runProgram('podman', ['build', '--network=none', '-t', 'toolbox', '-f', toolbox, '/usr/bin']);
  assert.equal(build.status, 0, build.stderr);
  await buildTinyGuest();
  await godwit.up();
});
after(() => godwit.stop());

/** Applies an example as strictly as can be, and takes it away after the test. */
async function example(t: { after(task: () => Promise<unknown>): void }, name: string): Promise<void> {
  tried.add(name);
  const file = join(projectRoot, 'examples', name);
  await godwit.kubectl('apply', '--validate=strict', '-f', file);
  t.after(() => godwit.kubectl('delete', '--timeout=180s', '-f', file));
}

async function replicas(name: string, count: number, namespace = 'default'): Promise<void> {
  await waitFor(`${count} of ${name}`, async () => {
    const deployment = await godwit.get<Deployment>('deployment', name, namespace);
    return deployment?.status?.readyReplicas === count;
  });
}

const hello = (name: string): Promise<string> =>
  waitFor(`${name} to answer`, async () => {
    const instance = await godwit.get<VirtualMachineInstance>('vmi', name);
    const address = instance?.status?.interfaces?.[0]?.ipAddress;
    return address !== undefined && (await fetchText(`http://${address}/`)).trim();
  });

test('myapp.yaml: three containers behind one address', async (t) => {
  await example(t, 'myapp.yaml');
  await replicas('myapp-deployment', 3);
  const url = `http://${await godwit.externalAddress('myapp-service')}/`;
  assert.match(await waitFor('an answer', () => fetchText(url)), /myapp-deployment/);
});

test('deployment.yaml and services.yaml: updated and undone, reached in three ways', async (t) => {
  await example(t, 'deployment.yaml');
  await example(t, 'services.yaml');
  await replicas('shop', 3);
  const { clusterIP } = (await godwit.get<Service>('service', 'shop'))?.spec ?? {};
  for (const url of [`http://${clusterIP}/`, 'http://127.0.0.1:30080/']) {
    assert.match(await waitFor(url, () => fetchText(url)), /^shop-/);
  }
  await waitFor('three endpoints', async () => {
    const slices = await godwit.kubectl('get', 'endpointslices', '-l', 'kubernetes.io/service-name=shop-pods');
    return /10\.[\d.]+,10\.[\d.]+,10\.[\d.]+/.test(slices);
  });
  await godwit.kubectl('set', 'env', 'deployment/shop', 'COLOUR=blue');
  await godwit.kubectl('rollout', 'status', 'deployment/shop', '--timeout=180s');
  await godwit.kubectl('rollout', 'undo', 'deployment/shop');
  await godwit.kubectl('rollout', 'status', 'deployment/shop', '--timeout=180s');
});

test('pod.yaml: configuration, volumes, probes; and what lasts outlives the pod', async (t) => {
  await example(t, 'pod.yaml');
  const ready = () =>
    waitFor('the pod', async () => {
      const conditions = (await godwit.get<Pod>('pod', 'everything'))?.status?.conditions;
      return conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
    });
  await ready();
  const starts = (text: string) => text.match(/started/g)?.length ?? 0;
  const says = (times: number) =>
    waitFor(`its helper to tell of ${times} starts`, async () => {
      const text = await godwit.kubectl('logs', 'everything', '-c', 'helper');
      return starts(text) >= times && text;
    });
  assert.match(await says(1), /^Hello from a ConfigMap\.\nstarted .*\n$/);
  const inside = ['exec', 'everything', '-c', 'helper', '--', '/bin/sh', '-c', 'echo $COLOUR $TOKEN $MY_ADDRESS'];
  assert.match(await godwit.kubectl(...inside), /^blue not-really-secret 10\./);
  await godwit.kubectl('delete', 'pod', 'everything', '--timeout=180s');
  await godwit.kubectl('apply', '-f', join(projectRoot, 'examples/pod.yaml'));
  await ready();
  assert.equal(starts(await says(2)), 2);
});

test('tiny-vm.yaml: a machine that answers', async (t) => {
  await example(t, 'tiny-vm.yaml');
  assert.equal(await hello('tiny'), 'tiny');
});

test('vm-container-disk.yaml: set up by cloud-init from a Secret', async (t) => {
  await example(t, 'vm-container-disk.yaml');
  assert.equal(await hello('from-image'), 'from-image');
});

test('vm-data-volume.yaml: its disks are filled, and stay', async (t) => {
  await example(t, 'vm-data-volume.yaml');
  assert.equal(await hello('lasting'), 'lasting');
  assert.equal((await godwit.get<DataVolume>('dv', 'lasting-root'))?.status?.phase, 'Succeeded');
  const claims = await godwit.kubectl('get', 'pvc');
  assert.match(claims, /database +Bound/);
  assert.match(claims, /lasting-root +Bound/);
});

test('mixed-service.yaml: containers and a virtual machine answer at one address', async (t) => {
  await example(t, 'mixed-service.yaml');
  const address = await godwit.externalAddress('web');
  const answers = new Set<string>();
  await waitFor('three to answer', async () => {
    answers.add((await fetchText(`http://${address}/`)).trim());
    return answers.size >= 3;
  });
  assert.ok(answers.has('web-vm'), [...answers].join());
});

test('quota.yaml: four of six, and it says why', async (t) => {
  await example(t, 'quota.yaml');
  await replicas('crowd', 4, 'team-a');
  await waitFor('the reason', async () => {
    return /exceeded quota: whole/.test(await godwit.kubectl('describe', 'replicaset', '-n', 'team-a'));
  });
});

test('access.yaml: what it grants, and no more', async (t) => {
  await example(t, 'access.yaml');
  const may = async (...what: string[]) => {
    const { stdout } = await godwit.tryKubectl([
      'auth',
      'can-i',
      ...what,
      '--as',
      'system:serviceaccount:default:operator',
    ]);
    return stdout.trim();
  };
  assert.equal(await may('update', 'virtualmachines.subresources.kubevirt.io', '--subresource=restart'), 'yes');
  assert.equal(await may('list', 'virtualmachines.kubevirt.io'), 'yes');
  assert.equal(await may('delete', 'virtualmachines.kubevirt.io'), 'no');
  assert.equal(await may('get', 'secrets'), 'no');
});

test('none was left out', () => {
  const all = readdirSync(join(projectRoot, 'examples')).filter((name) => name.endsWith('.yaml'));
  assert.deepEqual([...tried].toSorted(), all.toSorted());
});
