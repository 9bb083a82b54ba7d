import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '@godwit/kinds';
import { knownCloudOf } from './known-cloud.ts';

const node = (name: string, more: object = {}, spec: object = {}): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, ...more },
    spec,
    status: { allocatable: { cpu: '4', memory: '8Gi', pods: '20' } },
  }) as KubeObject;

const owned = (kind: string, name: string) => ({
  ownerReferences: [{ apiVersion: 'v1', kind, name, uid: 'u', controller: true }],
});

const pod = (name: string, metadata: object = {}, spec: object = {}): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', ...metadata },
    spec: { containers: [{ name: 'main', resources: { requests: { cpu: '500m', memory: '1Gi' } } }], ...spec },
    status: { phase: 'Running' },
  }) as KubeObject;

const instance = (name: string, labels: object = {}): KubeObject =>
  ({
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: { name, namespace: 'default', labels: { 'kubevirt.io/nodeName': name, ...labels } },
    spec: { domain: { cpu: { cores: 2 }, memory: { guest: '4Gi' }, devices: {} } },
    status: { phase: 'Running' },
  }) as KubeObject;

const groupsOf = (instances: readonly KubeObject[], pods: readonly KubeObject[], use = {}) =>
  knownCloudOf({ objects: [...instances, ...pods], use: new Map(Object.entries(use)) }).groups;

test('hosts say what they draw, and keep the taints that are theirs and not those of a moment', () => {
  const taints = [
    { key: 'room', value: '1', effect: 'NoSchedule' },
    { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' },
    { key: 'godwit.dev/asleep', value: 'asleep', effect: 'NoSchedule' },
  ];
  const watts = { annotations: { 'godwit.dev/watts': '80,120,200' } };
  const [one, other] = knownCloudOf({
    objects: [node('a', watts, { taints }), node('b')],
  }).hosts;
  assert.deepEqual(one?.watts, [80, 120, 200]);
  assert.deepEqual(
    one?.taints?.map(({ key }) => key),
    ['room'],
  );
  assert.deepEqual([other?.watts, other?.taints, other?.machines], [[100, 300], undefined, 20]);
});

test('machines are alike when kind, size, labels and constraints are, whatever tells them apart otherwise', () => {
  const web = (name: string, hash: string) =>
    pod(name, { labels: { tier: 'front', 'pod-template-hash': hash }, ...owned('ReplicaSet', `web-${hash}`) });
  const picky = pod('picky', { labels: { tier: 'front' } }, { nodeSelector: { room: '1' } });
  const groups = groupsOf(
    [instance('one'), instance('two'), instance('db', { app: 'Data Base' })],
    [web('web-1', '5d9c7b8f4'), web('web-2', '77aa88bb9'), picky],
  );
  assert.deepEqual(
    groups.map(({ name, kind, count, memoryBytes }) => [name, kind, count, memoryBytes / 2 ** 30]),
    [
      ['vm-200m-4096mi', 'VirtualMachine', 2, 4],
      ['data-base', 'VirtualMachine', 1, 4],
      ['web', 'Pod', 2, 1],
      ['pod-500m-1024mi', 'Pod', 1, 1],
    ],
  );
  assert.deepEqual(groups[3]?.constraints, { labels: { tier: 'front' }, nodeSelector: { room: '1' } });
});

test('groups of one name are told apart by size, and then by number', () => {
  const named = (name: string, spec: object = {}) => pod(name, { labels: { app: 'web' } }, spec);
  const names = groupsOf(
    [],
    [named('a'), named('b', { nodeSelector: { x: '1' } }), named('c', { nodeSelector: { x: '2' } })],
  ).map(({ name }) => name);
  assert.deepEqual(names, ['web', 'web-500m-1024mi', 'web-500m-1024mi-2']);
});

test('what is measured is taken for what they use, and half of what they ask for where nothing is', () => {
  const [measured] = groupsOf([], [pod('a'), pod('b'), pod('c')], {
    'pod/default/a': { cpu: 100 },
    'pod/default/b': { cpu: 300 },
  });
  assert.equal(measured?.load(0), 0.4);
  assert.equal(groupsOf([], [pod('a')])[0]?.load(0), 0.5);
});

test('BalancePolicies come along, the oldest first', () => {
  const policy = (name: string, creationTimestamp: string) =>
    ({
      apiVersion: 'godwit.dev/v1alpha1',
      kind: 'BalancePolicy',
      metadata: { name, creationTimestamp },
      spec: { reserve: { hosts: 2 } },
    }) as KubeObject;
  const policies = [policy('new', '2026-02-01T00:00:00Z'), policy('old', '2026-01-01T00:00:00Z')];
  const known = knownCloudOf({ objects: policies });
  assert.deepEqual(
    known.policies?.map(({ name, spec }) => [name, spec.reserve?.hosts]),
    [
      ['old', 2],
      ['new', 2],
    ],
  );
});
