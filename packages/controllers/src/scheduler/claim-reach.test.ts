import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  fillAnnotation,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type StorageClass,
  type Stored,
  selectedNodeAnnotation,
  volumeStateAnnotation,
} from '@godwit/kinds';
import { reachOfClaims, type StorageLookup } from './claim-reach.ts';
import { claimWaitInEnglish } from './why-waiting.ts';

const onHost = (host: string) => ({
  nodeSelectorTerms: [
    { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In' as const, values: [host] }] },
  ],
});

const classes: Record<string, StorageClass> = Object.fromEntries(
  (['WaitForFirstConsumer', 'Immediate'] as const).map((volumeBindingMode) => [
    volumeBindingMode,
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: volumeBindingMode },
      provisioner: 'godwit.dev/local',
      volumeBindingMode,
    },
  ]),
);

/** A class whose volumes people make. */
const manual = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  provisioner: 'kubernetes.io/no-provisioner',
  volumeBindingMode: 'WaitForFirstConsumer' as const,
};

const stored = { uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' };

function claim(over: {
  annotations?: Record<string, string>;
  spec?: PersistentVolumeClaim['spec'];
  status?: PersistentVolumeClaim['status'];
}): Stored<PersistentVolumeClaim> {
  const { annotations = {}, spec = {}, status } = over;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { ...stored, name: 'data', namespace: 'default', annotations },
    spec: { storageClassName: 'WaitForFirstConsumer', ...spec },
    ...(status && { status }),
  };
}

function lookup(
  claims: Record<string, Stored<PersistentVolumeClaim>>,
  annotations: Record<string, string> = {},
  free: readonly Stored<PersistentVolume>[] = [],
): StorageLookup {
  const volume: PersistentVolume = {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'pv', annotations },
    spec: { nodeAffinity: { required: onHost('a') } },
  };
  return {
    claim: (name) => claims[name],
    volume: (name) => (name === 'pv' ? volume : undefined),
    volumes: () => free,
    storageClass: (name) => classes[name] ?? { ...manual, metadata: { name } },
  };
}

const bound = { spec: { volumeName: 'pv' }, status: { phase: 'Bound' as const } };

test('bound volumes say where the machine can run', () => {
  assert.deepEqual(reachOfClaims(['data'], lookup({ data: claim(bound) })), {
    type: 'placeable',
    volumes: [{ claim: 'data', hosts: onHost('a') }],
    choose: [],
  });
});

test('a claim that waits for its first user lets the host be chosen, once', () => {
  assert.deepEqual(reachOfClaims(['data'], lookup({ data: claim({}) })), {
    type: 'placeable',
    volumes: [],
    choose: ['data'],
  });
  const chosen = claim({ annotations: { [selectedNodeAnnotation]: 'b' } });
  assert.equal(reachOfClaims(['data'], lookup({ data: chosen })).type, 'waiting');
  // Another claim of the same machine must come to the host that was chosen for the first.
  const both = reachOfClaims(['data', 'more'], lookup({ data: chosen, more: claim({}) }));
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: ['b'] }];
  assert.deepEqual(both, {
    type: 'placeable',
    volumes: [{ claim: 'data', hosts: { nodeSelectorTerms: [{ matchFields }] } }],
    choose: ['more'],
  });
});

test('claims that are missing, lost or not bound hold the machine back', () => {
  const message = (found: ReturnType<typeof reachOfClaims>) =>
    found.type === 'waiting' ? claimWaitInEnglish(found.why) : '';
  assert.match(message(reachOfClaims(['data'], lookup({}))), /"data" not found/);
  const immediate = claim({ spec: { storageClassName: 'Immediate' } });
  assert.match(
    message(reachOfClaims(['data'], lookup({ data: immediate }))),
    /unbound immediate PersistentVolumeClaims \("data" waits for its volume\)/,
  );
  assert.match(message(reachOfClaims(['data'], lookup({ data: claim({ status: { phase: 'Lost' } }) }))), /lost/);
});

test('a volume that is to be filled holds the machine back until it is', () => {
  const filling = claim({ ...bound, annotations: { [fillAnnotation]: '{"from":"blank","contentType":"kubevirt"}' } });
  assert.deepEqual(reachOfClaims(['data'], lookup({ data: filling })), {
    type: 'waiting',
    missing: false,
    why: { is: 'being-filled', claim: 'data' },
  });
  const state = JSON.stringify({ phase: 'Provisioned', fill: { phase: 'Succeeded', restarts: 0 } });
  const filled = reachOfClaims(['data'], lookup({ data: filling }, { [volumeStateAnnotation]: state }));
  assert.equal(filled.type, 'placeable');
});

test('where nobody makes volumes, the machine goes where there is one', () => {
  const waiting = claim({ spec: { storageClassName: 'manual', resources: { requests: { storage: '1Gi' } } } });
  const volume = (name: string, storage: string): Stored<PersistentVolume> => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { ...stored, name },
    spec: { storageClassName: 'manual', capacity: { storage }, nodeAffinity: { required: onHost(name) } },
    status: { phase: 'Available' },
  });
  assert.deepEqual(reachOfClaims(['data'], lookup({ data: waiting }, {}, [volume('small', '1Mi')])), {
    type: 'waiting',
    missing: true,
    why: { is: 'none-free', claim: 'data' },
  });
  const free = [volume('small', '1Mi'), volume('a', '1Gi'), volume('b', '2Gi')];
  const nodeSelectorTerms = [...onHost('a').nodeSelectorTerms, ...onHost('b').nodeSelectorTerms];
  assert.deepEqual(reachOfClaims(['data'], lookup({ data: waiting }, {}, free)), {
    type: 'placeable',
    volumes: [{ claim: 'data', hosts: { nodeSelectorTerms } }],
    choose: ['data'],
  });
});

test('an unbound claim that nobody can bind is named, with what it lacks', () => {
  const told = (spec: Record<string, unknown>) => {
    const storageClass = (name: string) => classes[name];
    const reach = reachOfClaims(['data'], { ...lookup({ data: claim({ spec }) }), storageClass });
    return reach.type === 'waiting' ? claimWaitInEnglish(reach.why) : reach.type;
  };
  assert.match(told({ storageClassName: 'nosuch' }), /\("data" asks for storage class "nosuch", which there is not\)/);
  assert.match(told({ storageClassName: '' }), /\("data" names no storage class, and there is no default\)/);
  assert.match(told({ volumeName: 'disk' }), /\("data" waits for volume "disk"\)/);
});
