import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hostWith, podOf } from './test-support/simulated-pods.ts';

describe('what is started again', () => {
  test('a killed container is started again at once, then with growing waits', async () => {
    const host = await hostWith({ web: {} });
    const pod = podOf();
    host.ensure(pod);
    await host.pass(1_000);
    const kill = async () => {
      for (const { id, state } of host.containers.actual()) if (state === 'running') host.containers.kill(id);
    };
    await kill();
    await host.pass(500);
    assert.equal(host.running().length, 1);
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.restartCount, 1);
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.lastState?.terminated?.exitCode, 137);
    await kill();
    await host.pass(5_000);
    assert.equal(host.running().length, 0);
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.state?.waiting?.reason, 'CrashLoopBackOff');
    assert.equal(host.condition(pod, 'Ready'), 'False');
    await host.pass(6_000);
    assert.equal(host.running().length, 1);
    await kill();
    await host.pass(19_000);
    assert.equal(host.running().length, 0);
    await host.pass(2_000);
    assert.equal(host.running().length, 1);
  });

  test('an end that is heard while the start waits for a slow disk to be written down is not lost', async () => {
    const host = await hostWith({ web: {} });
    const save = host.records.save.bind(host.records);
    let disk: Promise<void> = Promise.resolve();
    host.records.save = (uid, record) => disk.then(() => save(uid, record));
    const pod = podOf();
    host.ensure(pod);
    await host.pass(60);
    assert.deepEqual(host.running(), [], 'it is being started');
    const written = Promise.withResolvers<void>();
    disk = written.promise;
    host.ensure({ ...pod, metadata: { ...pod.metadata, labels: { news: 'yes' } } });
    await host.pass(200);
    for (const { id } of host.containers.actual()) host.containers.kill(id);
    await host.pass(100);
    written.resolve();
    await host.pass(1_000);
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.restartCount, 1);
    assert.equal(host.running().length, 1);
  });

  test('the back-off is forgotten after ten minutes of running', async () => {
    const host = await hostWith({ web: { runsMs: 601_000, exitCode: 1 } });
    const pod = podOf();
    host.ensure(pod);
    await host.pass(601_000 * 3 + 5_000);
    assert.equal(host.running().length, 1);
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.restartCount, 3);
  });

  for (const jumpMs of [-86_400_000, 86_400_000]) {
    const direction = jumpMs < 0 ? 'back' : 'forward';
    test(`a clock that is put ${direction} by a day neither hastens nor holds up anything`, async () => {
      const host = await hostWith({ web: { runsMs: 1_000, exitCode: 1 }, good: {} });
      const failing = podOf();
      const readinessProbe = { httpGet: { port: 80 }, periodSeconds: 5 };
      const probed = podOf({
        containers: [{ name: 'web', image: 'good', readinessProbe }],
        terminationGracePeriodSeconds: 20,
      });
      host.ensure(failing);
      host.ensure(probed);
      await host.pass(20_000);
      assert.equal(host.condition(probed, 'Ready'), 'True');
      const restarts = host.status(failing)?.containerStatuses?.[0]?.restartCount ?? 0;
      host.clock.jump(jumpMs);
      await host.pass(2_000);
      assert.ok((host.status(failing)?.containerStatuses?.[0]?.restartCount ?? 0) <= restarts + 1);
      const address = `${host.status(probed)?.podIP}:80`;
      host.prober.answers.set(address, { ok: false, message: 'ill' });
      await host.pass(20_000);
      assert.equal(host.condition(probed, 'Ready'), 'False');
      await host.pass(60_000);
      assert.ok((host.status(failing)?.containerStatuses?.[0]?.restartCount ?? 0) > restarts);
      host.delete(probed, 20);
      await host.pass(21_000);
      assert.ok(host.reporter.gone.has(probed.metadata.uid));
    });
  }

  test('what has ended while nobody watched is not started again before the API has spoken of the pod', async () => {
    const host = await hostWith({ web: {} });
    const pod = podOf();
    host.ensure(pod);
    await host.pass(1_000);
    for (const { id } of host.containers.actual()) host.containers.kill(id);
    await host.network.detach(pod.metadata.uid);
    await host.crashAlone();
    await host.pass(60_000);
    assert.deepEqual(host.running(), []);
    assert.deepEqual(await host.network.ports(), []);
    host.ensure(pod);
    await host.pass(60_000);
    assert.equal(host.running().length, 1);
  });

  test('what ended before the clock was put back is started again as soon as ever', async () => {
    const host = await hostWith({ web: {} });
    const pod = podOf();
    host.ensure(pod);
    await host.pass(1_000);
    for (const { id } of host.containers.actual()) host.containers.kill(id);
    host.clock.jump(-86_400_000);
    await host.crash();
    await host.pass(5_000);
    assert.equal(host.running().length, 1);
  });

  test('folders of a pod that nothing else is left of are taken away', async () => {
    const host = await hostWith({ web: {} });
    const pod = podOf({ volumes: [{ name: 'v', emptyDir: {} }] });
    await host.folders.mount(pod);
    await host.crash();
    await host.pass(1_000);
    assert.equal(host.folders.mounted.size, 0);
    assert.deepEqual(host.manager.known(), []);
  });
});
