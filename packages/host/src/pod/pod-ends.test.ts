import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hostWith, podOf } from './test-support/simulated-pods.ts';

describe('how pods end', () => {
  test('a deleted pod gets SIGTERM, then its grace period, then the kill, and leaves nothing', async () => {
    const host = await hostWith({ web: {} });
    const pod = podOf();
    host.ensure(pod);
    await host.pass(1_000);
    host.delete(pod, 10);
    await host.pass(9_000);
    assert.equal(host.running().length, 1);
    await host.pass(2_000);
    assert.deepEqual(host.containers.actual(), []);
    assert.deepEqual(await host.network.ports(), []);
    assert.equal(host.folders.mounted.size, 0);
    assert.ok(host.reporter.gone.has(pod.metadata.uid));
    assert.deepEqual(host.manager.known(), []);
    assert.equal((await host.records.load()).size, 0);
  });

  test('a program that obeys SIGTERM ends the pod at once', async () => {
    const host = await hostWith({ web: { endsAfterTermMs: 100 } });
    const pod = podOf();
    host.ensure(pod);
    await host.pass(1_000);
    host.delete(pod, 30);
    await host.pass(1_000);
    assert.deepEqual(host.manager.known(), []);
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.state?.terminated?.exitCode, 0);
  });

  test('restart policies decide what becomes of ended containers', async () => {
    const cases = [
      { restartPolicy: 'Never', exitCode: 0, phase: 'Succeeded', runs: 1 },
      { restartPolicy: 'Never', exitCode: 3, phase: 'Failed', runs: 1 },
      { restartPolicy: 'OnFailure', exitCode: 0, phase: 'Succeeded', runs: 1 },
      { restartPolicy: 'OnFailure', exitCode: 3, phase: 'Running', runs: 3 },
      { restartPolicy: 'Always', exitCode: 0, phase: 'Running', runs: 3 },
    ] as const;
    for (const { restartPolicy, exitCode, phase, runs } of cases) {
      const host = await hostWith({ web: { runsMs: 100, exitCode } });
      const pod = podOf({ restartPolicy });
      host.ensure(pod);
      await host.pass(15_000);
      const status = host.status(pod);
      assert.equal(status?.phase, phase, `${restartPolicy} ${exitCode}`);
      assert.equal((status?.containerStatuses?.[0]?.restartCount ?? 0) + 1, runs, `${restartPolicy} ${exitCode}`);
      if (phase === 'Succeeded' || phase === 'Failed') assert.deepEqual(await host.network.ports(), []);
    }
  });

  test('a failing init container with restartPolicy Never fails the pod', async () => {
    const host = await hostWith({ init: { runsMs: 100, exitCode: 1 }, web: {} });
    const pod = podOf({ restartPolicy: 'Never', initContainers: [{ name: 'one', image: 'init' }] });
    host.ensure(pod);
    await host.pass(2_000);
    assert.equal(host.status(pod)?.phase, 'Failed');
    assert.deepEqual(host.running(), []);
  });

  test('activeDeadlineSeconds ends a pod', async () => {
    const host = await hostWith({ web: { endsAfterTermMs: 10 } });
    const pod = podOf({ activeDeadlineSeconds: 5 });
    host.ensure(pod);
    await host.pass(7_000);
    assert.equal(host.status(pod)?.phase, 'Failed');
    assert.equal(host.status(pod)?.reason, 'DeadlineExceeded');
    assert.deepEqual(host.running(), []);
  });

  test('a pod that uses more disk space than it may is evicted', async () => {
    const host = await hostWith({ web: {} });
    const pod = podOf({ volumes: [{ name: 'scratch', emptyDir: { sizeLimit: '1Mi' } }] });
    host.ensure(pod);
    await host.pass(60_000);
    assert.equal(host.running().length, 1);
    host.folders.excess.set(pod.metadata.uid, 'too much');
    await host.pass(35_000);
    assert.deepEqual(host.running(), []);
    const { phase, reason, message } = host.status(pod) ?? {};
    assert.deepEqual([phase, reason, message], ['Failed', 'Evicted', 'too much']);
  });

  test('an object that vanishes from the API takes its containers with it', async () => {
    const host = await hostWith({ web: {} });
    const pod = podOf();
    host.ensure(pod);
    await host.pass(1_000);
    host.objects.delete(pod.metadata.uid);
    host.manager.absent(pod.metadata.uid);
    await host.pass(3_000);
    assert.deepEqual(host.containers.actual(), []);
    assert.deepEqual(host.manager.known(), []);
  });

  test('stopAll stops everything, and the next start begins again', async () => {
    const host = await hostWith({ web: { endsAfterTermMs: 100 } });
    const pod = podOf();
    host.ensure(pod);
    await host.pass(1_000);
    let stopped = false;
    const stop = async () => {
      await host.manager.stopAll(10_000);
      stopped = true;
    };
    void stop();
    await host.pass(2_000);
    assert.equal(stopped, true);
    assert.deepEqual(host.running(), []);
    assert.equal(host.reporter.gone.size, 0);
    await host.crash();
    await host.pass(2_000);
    assert.equal(host.running().length, 1);
    assert.equal(host.condition(pod, 'Ready'), 'True');
  });
});
