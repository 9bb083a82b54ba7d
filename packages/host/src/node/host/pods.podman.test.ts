import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { buildTestImage, PodHarness, TEST_IMAGE, until, whyNoPodman } from './test-support/pod-harness.ts';

const skip = whyNoPodman();
const sleeper = { name: 'main', image: TEST_IMAGE, command: ['sleep', '100000'] };

describe('pods on Podman', { skip: skip ?? false }, () => {
  let host: PodHarness;

  before(async () => {
    await buildTestImage();
    host = await PodHarness.open('pods');
  });
  after(() => host.close());

  test('a pod serves on its address, soon after it is asked for', async () => {
    const command = ['httpd', '-f', '-p', '8080', '-h', '/etc'];
    const pod = host.pod({
      containers: [{ name: 'web', image: 'godwit-pod-test', command, readinessProbe: { tcpSocket: { port: 8080 } } }],
    });
    host.ensure(pod);
    await host.untilReady(pod);
    const response = await fetch(`http://${host.status(pod)?.podIP}:8080/passwd`);
    assert.match(await response.text(), /^root:/);
  });

  test('environment, files, host name, resolver, user and limits are as asked for', async () => {
    host.configuration.configMaps.set('default/settings', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings' },
      data: { colour: 'blue' },
    });
    host.configuration.secrets.set('default/key', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'key' },
      data: { word: btoa('sesame') },
    });
    const pod = host.pod(
      {
        hostname: 'named',
        hostAliases: [{ ip: '192.0.2.7', hostnames: ['seven'] }],
        securityContext: { fsGroup: 2000, runAsUser: 1000 },
        volumes: [
          { name: 'settings', configMap: { name: 'settings' } },
          { name: 'key', secret: { secretName: 'key', defaultMode: 0o400 } },
          { name: 'scratch', emptyDir: {} },
          { name: 'memory', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
          { name: 'facts', downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
        ],
        containers: [
          {
            ...sleeper,
            env: [
              { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
              { name: 'GREETING', value: 'hello $(POD)' },
              { name: 'WORD', valueFrom: { secretKeyRef: { name: 'key', key: 'word' } } },
            ],
            envFrom: [{ configMapRef: { name: 'settings' }, prefix: 'SET_' }],
            resources: { limits: { cpu: '200m', memory: '64Mi' } },
            securityContext: { capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true },
            volumeMounts: [
              { name: 'settings', mountPath: '/settings' },
              { name: 'key', mountPath: '/key' },
              { name: 'scratch', mountPath: '/scratch', subPath: 'inner' },
              { name: 'memory', mountPath: '/memory' },
              { name: 'facts', mountPath: '/facts' },
            ],
          },
        ],
      },
      { labels: { app: 'test' } },
    );
    host.ensure(pod);
    await host.untilReady(pod);
    const say = async (script: string) => (await host.run(pod, 'sh', '-c', script)).text.trim();
    assert.equal(await say('echo "$GREETING/$WORD/$SET_colour"'), `hello ${pod.metadata.name}/sesame/blue`);
    assert.equal(await say('cat /settings/colour; cat /facts/labels'), 'blueapp="test"');
    assert.equal(await say('hostname'), 'named');
    assert.match(await say('cat /etc/hosts'), /192\.0\.2\.7\tseven/);
    assert.match(await say('cat /etc/resolv.conf'), /search default\.svc\.cluster\.local/);
    assert.equal(await say('id -u'), '1000');
    assert.match(await say('id -G'), /2000/);
    assert.equal(await say('cat /key/word'), 'sesame');
    assert.equal(await say('touch /scratch/a /memory/b && echo yes'), 'yes');
    assert.match(await say('touch /data/c'), /Read-only file system/);
    assert.match(await say('grep CapEff /proc/self/status'), /0000000000000000$/);
    assert.match(await say('df /memory | tail -1'), / 1024 /);
    // The change of a ConfigMap reaches the running container.
    host.configuration.configMaps.set('default/settings', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings' },
      data: { colour: 'green' },
    });
    host.ensure({ ...pod, metadata: { ...pod.metadata, labels: { app: 'changed' } } });
    await until(
      'the files follow',
      async () => (await say('cat /settings/colour; cat /facts/labels')) === 'greenapp="changed"',
    );
  });

  test('the end of a killed container is told; it runs again, and its log stays', async () => {
    const pod = host.pod({ containers: [{ ...sleeper, command: ['sh', '-c', 'echo run; sleep 100000'] }] });
    host.ensure(pod);
    await host.untilReady(pod);
    await until('its output', async () => (await host.logs(pod)) === 'run\n');
    const pid = (await host.driver.inspect(host.status(pod)?.containerStatuses?.[0]?.containerID?.slice(9) ?? ''))?.pid;
    process.kill(pid ?? 0, 'SIGKILL');
    await until('its end is told', () => host.status(pod)?.containerStatuses?.[0]?.lastState?.terminated !== undefined);
    await until('restarted', () => host.isReady(pod) && host.status(pod)?.containerStatuses?.[0]?.restartCount === 1);
    const last = host.status(pod)?.containerStatuses?.[0]?.lastState?.terminated;
    assert.equal(last?.exitCode, 137);
    assert.equal(await host.logs(pod, { previous: true }), 'run\n');
    await until('the new log', async () => (await host.logs(pod)) === 'run\n');
  });

  test('memory beyond the limit is told as OOMKilled', async () => {
    const command = ['sh', '-c', 'a=x; while :; do a=$a$a; done'];
    const resources = { limits: { memory: '32Mi' } };
    const pod = host.pod({ restartPolicy: 'Never', containers: [{ ...sleeper, command, resources }] });
    host.ensure(pod);
    await until('failed', () => host.status(pod)?.phase === 'Failed');
    const ended = host.status(pod)?.containerStatuses?.[0]?.state?.terminated;
    assert.equal(ended?.reason, 'OOMKilled', JSON.stringify(ended));
  });

  test('other limits reach a running container', async () => {
    const resources = { limits: { memory: '64Mi' } };
    const pod = host.pod({ containers: [{ ...sleeper, resources }] });
    host.ensure(pod);
    await host.untilReady(pod);
    const larger = { limits: { memory: '128Mi' } };
    host.ensure({ ...pod, spec: { ...pod.spec, containers: [{ ...sleeper, resources: larger }] } });
    const id = host.status(pod)?.containerStatuses?.[0]?.containerID?.slice(9) ?? '';
    await until('the new limit', async () => (await host.driver.memoryLimit(id)) === 128 * 2 ** 20);
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.restartCount, 0);
  });

  test('several containers share memory, processes where asked, and sidecars stop last', async () => {
    const pod = host.pod({
      shareProcessNamespace: true,
      initContainers: [{ ...sleeper, name: 'first', command: ['sh', '-c', 'echo word > /dev/shm/word'] }],
      containers: [
        { ...sleeper, name: 'one' },
        { ...sleeper, name: 'two', command: ['sh', '-c', 'cat /dev/shm/word; sleep 22222'] },
      ],
    });
    host.ensure(pod);
    await host.untilReady(pod);
    const { text } = await host.run(pod, 'ps');
    assert.match(text, /sleep 100000/);
    assert.match(text, /sleep 22222/);
    host.delete(pod);
    await until('gone', () => host.reporter.gone.has(pod.metadata.uid));
  });

  test('last words, exit codes, programs that cannot be run', async () => {
    const command = ['sh', '-c', 'echo because > /dev/termination-log; exit 7'];
    const words = host.pod({ restartPolicy: 'Never', containers: [{ ...sleeper, command }] });
    const none = host.pod({ restartPolicy: 'Never', containers: [{ ...sleeper, command: ['/no/such/program'] }] });
    const image = host.pod({
      containers: [{ ...sleeper, image: 'localhost/no/such:image', imagePullPolicy: 'Never' }],
    });
    for (const pod of [words, none, image]) host.ensure(pod);
    const state = (pod: typeof words) => host.status(pod)?.containerStatuses?.[0]?.state;
    await until('all told', () => [words, none].every((pod) => host.status(pod)?.phase === 'Failed'));
    await until('the image is told', () => state(image)?.waiting?.reason === 'ErrImageNeverPull');
    assert.deepEqual([state(words)?.terminated?.exitCode, state(words)?.terminated?.message], [7, 'because\n']);
    assert.equal(state(none)?.terminated?.reason, 'StartError');
    assert.match(state(none)?.terminated?.message ?? '', /no such file/);
  });

  test('a volume beyond its limit ends the pod', async () => {
    const command = ['sh', '-c', 'dd if=/dev/zero of=/scratch/x bs=1M count=3; sleep 100000'];
    const pod = host.pod({
      containers: [{ ...sleeper, command, volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }] }],
      volumes: [{ name: 'scratch', emptyDir: { sizeLimit: '1Mi' } }],
    });
    host.ensure(pod);
    await until('evicted', () => host.status(pod)?.reason === 'Evicted');
  });

  test('exec and http probes', async () => {
    const pod = host.pod({
      containers: [
        {
          ...sleeper,
          command: ['sh', '-c', 'httpd -p 8081 -h /etc; sleep 100000'],
          readinessProbe: { exec: { command: ['test', '-e', '/tmp/ready'] }, periodSeconds: 1, timeoutSeconds: 30 },
          livenessProbe: { httpGet: { port: 8081, path: '/passwd' }, periodSeconds: 1, timeoutSeconds: 30 },
        },
      ],
    });
    host.ensure(pod);
    await until('it runs', () => host.status(pod)?.phase === 'Running');
    assert.equal(host.isReady(pod), false);
    await host.run(pod, 'touch', '/tmp/ready');
    await host.untilReady(pod);
    await host.run(pod, 'killall', 'httpd');
    await until('restarted', () => host.status(pod)?.containerStatuses?.[0]?.restartCount === 1);
  });

  test('containers outlive the program and are adopted; a deleted pod leaves nothing', async () => {
    // Ready once it listens to the signal, and with time enough to heed it.
    const command = ['sh', '-c', 'trap "exit 0" TERM; touch /tmp/listening; while :; do sleep 0.1; done'];
    const exec = { command: ['test', '-e', '/tmp/listening'] };
    const pod = host.pod({
      terminationGracePeriodSeconds: 120,
      containers: [{ ...sleeper, command, readinessProbe: { exec, timeoutSeconds: 30 } }],
    });
    host.ensure(pod);
    await host.untilReady(pod);
    const before = host.status(pod)?.containerStatuses?.[0]?.containerID;
    await host.reopen();
    await until('adopted', () => host.isReady(pod));
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.containerID, before);
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.restartCount, 0);
    host.delete(pod);
    await until('gone', () => host.reporter.gone.has(pod.metadata.uid));
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.state?.terminated?.exitCode, 0);
    assert.equal(await host.driver.inspect(before?.slice(9) ?? ''), undefined);
    assert.ok(!(await host.network.driver.ports()).some(({ machineUid }) => machineUid === pod.metadata.uid));
  });
});
