import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Pod, Stored } from '@godwit/kinds';
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

  test('who is released ends what the engine runs beside containers; containers go on', async () => {
    const host = await hostWith({ web: {} });
    host.ensure(podOf());
    await host.pass(1_000);
    await host.manager.release();
    await host.pass(1_000);
    assert.ok(host.containers.released);
    assert.equal(host.running().length, 1);
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

  test('a failing init container with restartPolicy Never fails the pod', async () => {
    const host = await hostWith({ init: { runsMs: 100, exitCode: 1 }, web: {} });
    const pod = podOf({ restartPolicy: 'Never', initContainers: [{ name: 'one', image: 'init' }] });
    host.ensure(pod);
    await host.pass(2_000);
    assert.equal(host.status(pod)?.phase, 'Failed');
    assert.deepEqual(host.running(), []);
  });

  test('a missing image is told clearly and tried again', async () => {
    const host = await hostWith({});
    const pod = podOf();
    host.ensure(pod);
    await host.pass(500);
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.state?.waiting?.reason, 'ErrImagePull');
    await host.pass(2_000);
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.state?.waiting?.reason, 'ImagePullBackOff');
    assert.ok(host.reporter.events.some(({ reason, level }) => reason === 'Failed' && level === 'Warning'));
    host.containers.addImage('web');
    await host.pass(10_000);
    assert.equal(host.condition(pod, 'Ready'), 'True');
  });

  test('a pod whose image is missing goes at once when it is deleted', async () => {
    const host = await hostWith({});
    const pod = podOf();
    host.ensure(pod);
    await host.pass(25_000);
    host.delete(pod);
    await host.pass(1_000);
    assert.ok(host.reporter.gone.has(pod.metadata.uid));
  });

  test('other failures to start have their own words', async () => {
    const host = await hostWith({ broken: { broken: true }, web: {} });
    const never = podOf({ containers: [{ name: 'web', image: 'absent', imagePullPolicy: 'Never' }] });
    const badName = podOf({ containers: [{ name: 'web', image: 'UPPER case' }] });
    const missing = podOf({ containers: [{ name: 'web', image: 'web', envFrom: [{ configMapRef: { name: 'x' } }] }] });
    const broken = podOf({ containers: [{ name: 'web', image: 'broken' }], restartPolicy: 'Never' });
    for (const pod of [never, badName, missing, broken]) host.ensure(pod);
    await host.pass(5_000);
    const waiting = (pod: Stored<Pod>) => host.status(pod)?.containerStatuses?.[0]?.state?.waiting;
    assert.equal(waiting(never)?.reason, 'ErrImageNeverPull');
    assert.equal(waiting(badName)?.reason, 'InvalidImageName');
    assert.equal(waiting(missing)?.reason, 'CreateContainerConfigError');
    assert.equal(waiting(missing)?.message, 'configmap "x" not found');
    assert.equal(host.status(broken)?.phase, 'Failed');
    assert.equal(host.status(broken)?.containerStatuses?.[0]?.state?.terminated?.reason, 'StartError');
    host.configuration.configMaps.set('default/x', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } });
    await host.pass(60_000);
    assert.equal(host.condition(missing, 'Ready'), 'True');
  });

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
