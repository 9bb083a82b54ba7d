import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { container, hostWith, ipOf, podOf } from './test-support/simulated-pods.ts';

describe('pods', () => {
  test('a pod becomes ready with its address and start time', async () => {
    const host = await hostWith({ web: {} });
    const pod = podOf();
    host.ensure(pod);
    await host.pass(1_000);
    const status = host.status(pod);
    assert.equal(status?.phase, 'Running');
    assert.equal(status?.podIP, ipOf(pod));
    assert.equal(status?.hostIP, '192.0.2.1');
    assert.equal(status?.qosClass, 'BestEffort');
    assert.equal(status?.containerStatuses?.[0]?.ready, true);
    for (const type of ['Initialized', 'ContainersReady', 'Ready', 'PodScheduled', 'PodReadyToStartContainers']) {
      assert.equal(host.condition(pod, type), 'True', type);
    }
    assert.deepEqual(
      host.reporter.events.map(({ reason }) => reason),
      ['Pulled', 'Created', 'Started'],
    );
  });

  test('who is released ends what the engine runs beside containers; containers go on', async () => {
    const host = await hostWith({ web: {} });
    host.ensure(podOf());
    await host.pass(1_000);
    await host.manager.release();
    await host.pass(1_000);
    assert.ok(host.containers.released);
    assert.equal(host.running().length, 1);
  });

  test('init containers run in order, sidecars stay, and all of them before the others', async () => {
    const host = await hostWith({ init: { runsMs: 1_000 }, side: {}, web: {} });
    const pod = podOf({
      initContainers: [
        { name: 'one', image: 'init' },
        { name: 'side', image: 'side', restartPolicy: 'Always' },
        { name: 'two', image: 'init' },
      ],
    });
    host.ensure(pod);
    await host.pass(900);
    assert.deepEqual(host.running().map(container), ['one']);
    assert.equal(host.status(pod)?.phase, 'Pending');
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.state?.waiting?.reason, 'PodInitializing');
    await host.pass(600);
    assert.deepEqual(host.running().map(container), ['side', 'two']);
    await host.pass(1_000);
    assert.deepEqual(host.running().map(container), ['side', 'web']);
    assert.equal(host.condition(pod, 'Ready'), 'True');
  });

  test('another image in the spec replaces the container', async () => {
    const host = await hostWith({ web: { endsAfterTermMs: 10 }, newer: {} });
    const pod = podOf();
    host.ensure(pod);
    await host.pass(1_000);
    host.ensure({ ...pod, spec: { ...pod.spec, containers: [{ name: 'web', image: 'newer' }] } });
    await host.pass(1_000);
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.image, 'newer');
    assert.equal(host.running().length, 1);
  });

  test('other limits are given to the running container', async () => {
    const host = await hostWith({ web: {} });
    const pod = podOf();
    host.ensure(pod);
    await host.pass(1_000);
    const resources = { limits: { cpu: '500m', memory: '64Mi' } };
    host.ensure({ ...pod, spec: { ...pod.spec, containers: [{ name: 'web', image: 'web', resources }] } });
    await host.pass(1_000);
    assert.equal(host.containers.limits(host.containers.actual()[0]?.id ?? '')?.cpuQuotaMicros, 50_000);
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.restartCount, 0);
  });
});
