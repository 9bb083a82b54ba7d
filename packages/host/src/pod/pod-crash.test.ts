import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SeededRandom } from '@godwit/base';
import { container, type Host, hostWith, podOf } from './test-support/simulated-pods.ts';

describe('crashes of the program', () => {
  test('what runs goes on and stays ready', async () => {
    const host = await hostWith({ web: {} });
    const pod = podOf();
    host.ensure(pod);
    await host.pass(1_000);
    const before = host.containers.actual();
    await host.crash();
    host.reporter.history.length = 0;
    await host.pass(1_000);
    assert.deepEqual(host.containers.actual(), before);
    // Nor was anything else said in between: its network is attached anew, and has been there all along.
    const told = host.reporter.history.flatMap(({ conditions = [] }) => conditions);
    assert.deepEqual(new Set(told.map(({ status }) => status)), new Set(['True']));
    assert.equal(host.condition(pod, 'Ready'), 'True');
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.restartCount, 0);
  });

  test('what died meanwhile is started again, what was deleted meanwhile is removed', async () => {
    const host = await hostWith({ web: {} });
    const [dead, deleted] = [podOf(), podOf()];
    host.ensure(dead);
    host.ensure(deleted);
    await host.pass(1_000);
    const victim = host.containers.actual().find(({ name }) => name.includes(dead.metadata.uid));
    host.objects.delete(deleted.metadata.uid);
    host.containers.kill(victim?.id ?? '');
    await host.crash();
    await host.pass(5_000);
    assert.deepEqual(host.running().length, 1);
    assert.equal(host.status(dead)?.containerStatuses?.[0]?.restartCount, 1);
    assert.deepEqual(host.manager.known(), [dead.metadata.uid]);
  });

  test('a pod that has ended is not run again, whether its record is there or not', async () => {
    const host = await hostWith({ web: { runsMs: 100 } });
    const pod = podOf({ restartPolicy: 'Never' });
    host.ensure(pod);
    await host.pass(1_000);
    assert.equal(host.status(pod)?.phase, 'Succeeded');
    for (const record of ['kept', 'lost'] as const) {
      if (record === 'lost') {
        await host.records.remove(pod.metadata.uid);
        for (const { id } of host.containers.actual()) void host.containers.remove(id);
        await host.pass(100);
        const phase = 'Succeeded' as const;
        host.objects.set(pod.metadata.uid, { ...pod, status: { ...pod.status, phase } });
        host.reporter.statuses.clear();
      }
      await host.crash();
      await host.pass(5_000);
      assert.deepEqual(host.running(), [], record);
    }
    // What the API knows of it stays as it is.
    assert.equal(host.reporter.statuses.size, 0);
  });

  test('after a restart of the host, what ran runs again and what had ended does not', async () => {
    const host = await hostWith({ web: {}, job: { runsMs: 100 } });
    const [serving, done] = [
      podOf(),
      podOf({ restartPolicy: 'OnFailure', containers: [{ name: 'job', image: 'job' }] }),
    ];
    host.ensure(serving);
    host.ensure(done);
    await host.pass(1_000);
    host.containers.reboot();
    await host.crash();
    await host.pass(2_000);
    assert.deepEqual(host.running().map(container), ['web']);
    assert.equal(host.status(serving)?.containerStatuses?.[0]?.restartCount, 1);
    assert.equal(host.status(done)?.phase, 'Succeeded');
  });

  test('a crash at any single step changes nothing in the end', async () => {
    const programs = { web: { endsAfterTermMs: 50 }, init: { runsMs: 30 } };
    for (let crashAt = 0; ; crashAt++) {
      const host = await hostWith(programs);
      const pod = podOf({ initContainers: [{ name: 'init', image: 'init' }] });
      host.ensure(pod);
      const steps = await host.steps(crashAt);
      await host.crash();
      assertNoTwins(host, crashAt);
      await host.pass(20_000);
      assert.deepEqual(host.running().map(container), ['web'], `crash at step ${crashAt}`);
      assert.equal(host.condition(pod, 'Ready'), 'True', `crash at step ${crashAt}`);
      host.delete(pod);
      await host.steps(crashAt);
      await host.crash();
      await host.pass(60_000);
      assert.deepEqual(host.containers.actual(), [], `crash at step ${crashAt}`);
      assert.deepEqual(host.manager.known(), [], `crash at step ${crashAt}`);
      // No more steps are left to crash at.
      if (steps < crashAt) break;
    }
  });

  test('after crashes at any moments there is exactly one running copy, and deletion leaves nothing', async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = new SeededRandom(seed);
      const host = await hostWith({ web: { endsAfterTermMs: 50 }, init: { runsMs: 30 } });
      const pod = podOf({ initContainers: [{ name: 'init', image: 'init' }] });
      host.ensure(pod);
      for (let crash = 0; crash < 1 + random.integer(4); crash++) {
        await host.pass(random.integer(250));
        await host.crash();
        assertNoTwins(host, seed);
      }
      await host.pass(30_000);
      assert.deepEqual(host.running().map(container), ['web'], `seed ${seed}`);
      assert.equal(host.condition(pod, 'Ready'), 'True', `seed ${seed}`);
      host.delete(pod);
      for (let crash = 0; crash < 1 + random.integer(3); crash++) {
        await host.pass(random.integer(120));
        await host.crash();
      }
      await host.pass(60_000);
      assert.deepEqual(host.containers.actual(), [], `seed ${seed}`);
      assert.deepEqual(await host.network.ports(), [], `seed ${seed}`);
      assert.deepEqual(host.manager.known(), [], `seed ${seed}`);
      assert.ok(host.reporter.gone.has(pod.metadata.uid), `seed ${seed}`);
    }
  });
});

function assertNoTwins(host: Host, seed: number): void {
  const names = host.running().map(container);
  assert.equal(new Set(names).size, names.length, `two copies run, seed ${seed}: ${names.join(' ')}`);
}
