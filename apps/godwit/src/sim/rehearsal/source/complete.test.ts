import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject, Pod, PriorityClass, ReplicaSet, VirtualMachine } from '@godwit/kinds';
import { complete } from './complete.ts';

const owner = (kind: string, name: string) => ({
  apiVersion: 'apps/v1',
  kind,
  name,
  uid: `${kind}-${name}`,
  controller: true,
});

const podOf = (name: string, by?: ReturnType<typeof owner>, spec: object = {}): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'shop', name, uid: name, labels: { app: 'x' }, ...(by && { ownerReferences: [by] }) },
    spec: {
      nodeName: 'host-1',
      containers: [{ name: 'main', volumeMounts: [{ name: 'data', mountPath: '/' }] }],
      ...spec,
    },
  }) as unknown as KubeObject;

const ofKind = <T extends KubeObject>(objects: readonly KubeObject[], kind: string) =>
  objects.filter((object) => object.kind === kind) as T[];

test('pods of owners that are not there or not known here get a set that makes them anew', () => {
  const by = owner('StatefulSet', 'db');
  const all = complete([podOf('db-0', by), podOf('db-1', by)]);
  const [set, ...others] = ofKind<ReplicaSet>(all, 'ReplicaSet');
  assert.deepEqual([set?.metadata.name, set?.spec.replicas, others.length], ['db', 2, 0]);
  assert.equal(set?.spec.template?.spec?.nodeName, undefined);
  for (const { metadata } of ofKind<Pod>(all, 'Pod')) {
    assert.equal(metadata.ownerReferences?.[0]?.uid, set?.metadata.uid);
    for (const [key, value] of Object.entries(set?.spec.selector.matchLabels ?? {}))
      assert.equal(metadata.labels?.[key], value);
  }
});

test('pods of a host have nobody, owners that are there stay, and strangers are forgotten', () => {
  const web = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { namespace: 'shop', name: 'web', uid: 'set', ownerReferences: [owner('Deployment', 'web')] },
  };
  const all = complete([
    web,
    podOf('log', owner('DaemonSet', 'log')),
    podOf('web-1', { ...owner('ReplicaSet', 'web'), uid: 'set' }),
  ]);
  const ownersOf = (name: string) =>
    all.find(({ metadata }) => metadata.name === name)?.metadata.ownerReferences?.map(({ uid }) => uid);
  assert.deepEqual([ownersOf('log'), ownersOf('web-1'), ownersOf('web')], [undefined, ['set'], undefined]);
  assert.equal(ofKind(all, 'ReplicaSet').length, 1);
});

test('an instance whose machine is not there has one, which starts it again', () => {
  const instance = {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: { namespace: 'shop', name: 'vm', uid: 'i', ownerReferences: [owner('VirtualMachine', 'vm')] },
    spec: { domain: { devices: {} } },
  };
  const [machine] = ofKind<VirtualMachine>(complete([instance as unknown as KubeObject]), 'VirtualMachine');
  assert.deepEqual([machine?.metadata.uid, machine?.spec.runStrategy], ['VirtualMachine-vm', 'Always']);
});

test('what machines name is there: namespaces, priorities, accounts; claims are left away where none were listed', () => {
  const spec = {
    priorityClassName: 'urgent',
    priority: 9,
    serviceAccountName: 'clerk',
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
  };
  const all = complete([podOf('a', undefined, spec)]);
  const names = all.map(({ kind, metadata }) => `${kind}/${metadata.name}`).toSorted();
  assert.deepEqual(names, ['Namespace/shop', 'Pod/a', 'PriorityClass/urgent', 'ServiceAccount/clerk']);
  assert.equal(ofKind<Pod>(all, 'Pod')[0]?.spec.volumes, undefined);
  const claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { namespace: 'shop', name: 'other', uid: 'c' },
  };
  assert.equal(ofKind<Pod>(complete([claim, podOf('a', undefined, spec)]), 'Pod')[0]?.spec.volumes?.length, 1);
});

test('classes that virtual machines name are made, too, and are worth what pods say of them', () => {
  const instance = (name: string, priorityClassName: string) =>
    ({
      apiVersion: 'kubevirt.io/v1',
      kind: 'VirtualMachineInstance',
      metadata: { namespace: 'shop', name, uid: name },
      spec: { priorityClassName, domain: { devices: {} } },
    }) as unknown as KubeObject;
  const known = podOf('p', undefined, { priorityClassName: 'urgent', priority: 9 });
  const all = complete([instance('a', 'urgent'), known, instance('b', 'urgent'), instance('c', 'idle')]);
  const classes = ofKind<PriorityClass>(all, 'PriorityClass').map(({ metadata, value }) => [metadata.name, value]);
  assert.deepEqual(Object.fromEntries(classes), { idle: 0, urgent: 9 });
});
