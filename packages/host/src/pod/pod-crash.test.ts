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
    await host.pass(1_000);
    assert.deepEqual(host.containers.actual(), before);
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
