import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Container, Pod } from '@godwit/kinds';
import type { ImageFacts } from '../container-driver.ts';
import { fakeHostFacts } from '../fake/index.ts';
import { containerRequest } from './container-request.ts';
import { oomScoreAdjust, qualityOfService } from './quality-of-service.ts';
import { examplePod } from './test-support/example-pod.ts';

const image: ImageFacts = {
  id: 'i',
  reference: 'web@sha256:0',
  sizeBytes: 1,
  entrypoint: ['/entry'],
  command: ['default'],
  user: '',
  stopSignal: 'SIGQUIT',
};

function requestOf(container: Partial<Container>, spec: Partial<Pod['spec']> = {}, from = image) {
  const pod = examplePod({ ...spec, containers: [{ name: 'web', image: 'web', ...container }] });
  return containerRequest({
    pod,
    container: pod.spec.containers[0] as Container,
    attempt: 2,
    image: from,
    variables: { A: 'x' },
    mounts: [],
    namespacePath: '/run/netns/n',
    host: fakeHostFacts,
    logPath: '/log',
  });
}

test('command and args replace what the image says, as Kubernetes has it', () => {
  assert.deepEqual([requestOf({}).entrypoint, requestOf({}).command], [undefined, undefined]);
  const command = requestOf({ command: ['run', '$(A)'] });
  assert.deepEqual([command.entrypoint, command.command], [['run', 'x'], []]);
  const args = requestOf({ args: ['$(A)', '$(B)'] });
  assert.deepEqual([args.entrypoint, args.command], [['/entry'], ['x', '$(B)']]);
  const both = requestOf({ command: ['run'], args: ['a'] });
  assert.deepEqual([both.entrypoint, both.command], [['run'], ['a']]);
  assert.throws(() => requestOf({}, {}, { ...image, entrypoint: [], command: [] }), /no command/);
});

test('a run has a name and labels of its own', () => {
  const { name, labels, hostname, stopSignal } = requestOf({ lifecycle: { stopSignal: 'SIGUSR1' } });
  assert.equal(name, 'godwit_web_uid-1_2');
  assert.equal(labels['io.kubernetes.pod.name'], 'web-0');
  assert.equal(labels['io.kubernetes.container.restartCount'], '2');
  assert.equal(hostname, 'web-0');
  assert.equal(stopSignal, 'SIGUSR1');
  assert.equal(requestOf({}).stopSignal, 'SIGQUIT');
});

test('resources become shares, quota and limit', () => {
  const { resources } = requestOf({ resources: { requests: { cpu: '250m' }, limits: { cpu: '1.5', memory: '64Mi' } } });
  assert.deepEqual(
    { ...resources, oomScoreAdjust: 0 },
    { cpuShares: 256, cpuQuotaMicros: 150_000, memoryBytes: 64 * 2 ** 20, oomScoreAdjust: 0 },
  );
  assert.equal(requestOf({}).resources.cpuShares, 2);
});

test('rights: container before pod, root refused where it must not be', () => {
  const { security } = requestOf(
    {
      securityContext: {
        runAsUser: 5,
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { add: ['NET_ADMIN', 'CAP_SYS_TIME'], drop: ['ALL'] },
        seccompProfile: { type: 'RuntimeDefault' },
      },
    },
    { securityContext: { runAsUser: 1, runAsGroup: 7, fsGroup: 9, supplementalGroups: [9, 10] } },
  );
  assert.deepEqual(security, {
    user: '5:7',
    groups: [9, 10],
    privileged: false,
    readOnlyRoot: true,
    noNewPrivileges: true,
    addCapabilities: ['CAP_NET_ADMIN', 'CAP_SYS_TIME'],
    dropCapabilities: ['ALL'],
    unmaskedProc: false,
  });
  const nonRoot = { securityContext: { runAsNonRoot: true } };
  assert.throws(() => requestOf(nonRoot), /image will run as root/);
  assert.throws(() => requestOf(nonRoot, {}, { ...image, user: 'nobody' }), /non-numeric user/);
  assert.equal(requestOf(nonRoot, {}, { ...image, user: '1000' }).security.user, undefined);
  assert.throws(() => requestOf({ securityContext: { runAsNonRoot: true, runAsUser: 0 } }), /non-root policy/);
});

const podWith = (...resources: Container['resources'][]) =>
  examplePod({
    containers: resources.map((one, index) => ({ name: `c${index}`, image: 'i', ...(one && { resources: one }) })),
  });

test('quality of service and who dies first', () => {
  const full = { limits: { cpu: '1', memory: '1Gi' } };
  assert.equal(qualityOfService(podWith(undefined)), 'BestEffort');
  assert.equal(qualityOfService(podWith(full)), 'Guaranteed');
  assert.equal(qualityOfService(podWith(full, undefined)), 'Burstable');
  assert.equal(qualityOfService(podWith({ ...full, requests: { cpu: '500m' } })), 'Burstable');
  const score = (pod: ReturnType<typeof podWith>) =>
    oomScoreAdjust(pod, pod.spec.containers[0] as Container, 8 * 2 ** 30);
  assert.equal(score(podWith(full)), -997);
  assert.equal(score(podWith(undefined)), 1000);
  assert.equal(score(podWith({ requests: { memory: '4Gi' } })), 500);
});
