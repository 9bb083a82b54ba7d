import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hostWith, ipOf, podOf } from './test-support/simulated-pods.ts';

describe('probes and hooks', () => {
  test('readiness follows its probe; liveness restarts', async () => {
    const host = await hostWith({ web: { endsAfterTermMs: 10 } });
    const pod = podOf({
      containers: [
        {
          name: 'web',
          image: 'web',
          readinessProbe: { httpGet: { port: 8080 }, periodSeconds: 1, failureThreshold: 2 },
          livenessProbe: { tcpSocket: { port: 9090 }, periodSeconds: 1, failureThreshold: 3 },
        },
      ],
    });
    const ip = ipOf(pod);
    host.prober.answers.set(`${ip}:8080`, { ok: false, message: 'no' });
    host.ensure(pod);
    await host.pass(3_000);
    assert.equal(host.condition(pod, 'Ready'), 'False');
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.restartCount, 0);
    host.prober.answers.delete(`${ip}:8080`);
    await host.pass(1_500);
    assert.equal(host.condition(pod, 'Ready'), 'True');
    host.prober.answers.set(`${ip}:9090`, { ok: false, message: 'dead' });
    await host.pass(4_500);
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.restartCount, 1);
    assert.ok(host.reporter.events.some(({ message }) => message === 'Liveness probe failed: dead'));
  });

  test('a start-up probe holds the others back', async () => {
    const host = await hostWith({ web: { commands: { check: 1 } } });
    const pod = podOf({
      containers: [
        {
          name: 'web',
          image: 'web',
          startupProbe: { exec: { command: ['check'] }, periodSeconds: 1, failureThreshold: 100 },
          livenessProbe: { tcpSocket: { port: 9090 }, periodSeconds: 1, failureThreshold: 1 },
        },
      ],
    });
    host.prober.answers.set(`${ipOf(pod)}:9090`, { ok: false, message: 'dead' });
    host.ensure(pod);
    await host.pass(20_000);
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.restartCount, 0);
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.started, false);
    assert.equal(host.condition(pod, 'Ready'), 'False');
  });

  test('hooks: ready only after postStart, SIGTERM only after preStop', async () => {
    const host = await hostWith({ web: { endsAfterTermMs: 10 } });
    const lifecycle = { postStart: { sleep: { seconds: 2 } }, preStop: { sleep: { seconds: 5 } } };
    const pod = podOf({ containers: [{ name: 'web', image: 'web', lifecycle }] });
    host.ensure(pod);
    await host.pass(1_000);
    assert.equal(host.condition(pod, 'Ready'), 'False');
    await host.pass(2_000);
    assert.equal(host.condition(pod, 'Ready'), 'True');
    host.delete(pod, 30);
    await host.pass(4_500);
    assert.equal(host.running().length, 1);
    await host.pass(1_000);
    assert.deepEqual(host.manager.known(), []);
  });
});
