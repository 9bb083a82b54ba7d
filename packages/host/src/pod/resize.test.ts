import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Container, Pod, Stored } from '@godwit/kinds';
import { hostWith, podOf } from './test-support/simulated-pods.ts';

const container = (cpu: string, more: Partial<Container> = {}): Container => ({
  name: 'web',
  image: 'web',
  resources: { requests: { cpu }, limits: { memory: '64Mi' } },
  ...more,
});

/** A pod that runs with 100 m. */
async function running(more: Partial<Container> = {}) {
  const host = await hostWith({ web: { endsAfterTermMs: 100 } });
  const pod = podOf({ containers: [container('100m', more)] });
  host.ensure(pod);
  await host.pass(1_000);
  const resize = (cpu: string): Stored<Pod> => {
    const next = { ...pod, spec: { ...pod.spec, containers: [container(cpu, more)] } };
    host.ensure(next);
    return next;
  };
  const told = () => host.status(pod)?.containerStatuses?.[0];
  return { host, pod, resize, told };
}

describe('resizing a pod', () => {
  test('the running container gets what its spec says, and the status tells what it has', async () => {
    const { host, pod, resize, told } = await running();
    assert.deepEqual(told()?.resources?.requests, { cpu: '100m' });
    resize('200m');
    await host.pass(1_000);
    assert.deepEqual(told()?.resources?.requests, { cpu: '200m' });
    assert.deepEqual(told()?.allocatedResources, { cpu: '200m' });
    assert.equal(told()?.restartCount, 0);
    assert.equal(host.condition(pod, 'PodResizeInProgress'), undefined);
    const [facts] = host.containers.actual();
    assert.equal(facts && host.containers.limits(facts.id)?.cpuShares, 204);
  });

  test('while it cannot be done, that is told with the reason, and the old size is shown', async () => {
    const { host, pod, resize, told } = await running();
    host.containers.refuseResize('memory is in use');
    resize('200m');
    await host.pass(1_000);
    assert.deepEqual(told()?.resources?.requests, { cpu: '100m' });
    const condition = host.status(pod)?.conditions?.find(({ type }) => type === 'PodResizeInProgress');
    assert.deepEqual([condition?.status, condition?.reason, condition?.message], ['True', 'Error', 'memory is in use']);
    host.containers.refuseResize(undefined);
    await host.pass(60_000);
    assert.deepEqual(told()?.resources?.requests, { cpu: '200m' });
    assert.equal(host.condition(pod, 'PodResizeInProgress'), undefined);
  });

  test('a container that wants it so is started anew with its new size', async () => {
    const policy = [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' as const }];
    const { host, resize, told } = await running({ resizePolicy: policy });
    resize('200m');
    await host.pass(5_000);
    assert.equal(told()?.restartCount, 1);
    assert.deepEqual(told()?.resources?.requests, { cpu: '200m' });
    assert.equal(host.running().length, 1);
  });
});
