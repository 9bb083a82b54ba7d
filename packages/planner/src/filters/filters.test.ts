import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Host, type MachineRequest, type Reason, reasons, type Snapshot, spreadPolicy } from '../index.ts';
import { prepareAllTests, questionOf } from '../survey/index.ts';
import { exampleHost, exampleRequest, exampleSnapshot, ZONE } from '../testing/examples.ts';

const host = (name: string, over: Partial<Host> = {}) =>
  exampleHost(name, { capacity: { cpu: 4000, memory: 2 ** 30, pods: 10 }, ...over });
const request = (over: Partial<MachineRequest> = {}) => exampleRequest('new', over);

/** Why each host will not do, by name. */
function answers(snapshot: Snapshot, question: MachineRequest): Record<string, readonly Reason[]> {
  const tests = prepareAllTests(questionOf(snapshot, question, spreadPolicy));
  return Object.fromEntries(
    snapshot.hosts.map((each, row) => [each?.name, tests.map((ask) => ask(row)).filter((reason) => reason !== 0)]),
  );
}

const snapshotOf = (...hosts: Host[]) => exampleSnapshot(hosts);

test('hosts that are down or cordoned will not do, unless the cordon is tolerated', () => {
  const snapshot = snapshotOf(host('down', { ready: false }), host('cordoned', { schedulable: false }), host('up'));
  assert.deepEqual(answers(snapshot, request()), {
    down: [reasons.isNotReady],
    cordoned: [reasons.isUnschedulable],
    up: [],
  });
  const daemon = request({
    tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' }],
  });
  assert.deepEqual(answers(snapshot, daemon).cordoned, []);
});

test('every resource that is short is named', () => {
  const snapshot = snapshotOf(host('small', { capacity: { cpu: 50, memory: 2 ** 10, pods: 0 } }));
  const found = answers(snapshot, request({ amounts: { cpu: 100, memory: 2 ** 20, pods: 1, 'example.com/gpu': 1 } }));
  assert.deepEqual(found.small, [reasons.lacksPods, reasons.lacksMemory, reasons.lacksCpu, reasons.lacksDevices]);
});

test('selectors and required affinity are joined by and, terms by or', () => {
  const snapshot = snapshotOf(
    host('ssd', { labels: { disk: 'ssd', cores: '8' } }),
    host('hdd', { labels: { disk: 'hdd', cores: '64' } }),
    host('plain'),
  );
  const terms = (...nodeSelectorTerms: object[]) =>
    ({
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
    }) as NonNullable<MachineRequest['affinity']>;
  const no = [reasons.selectorDoesNotMatch];
  assert.deepEqual(answers(snapshot, request({ nodeSelector: { disk: 'ssd' } })), { ssd: [], hdd: no, plain: no });
  const many = terms({ matchExpressions: [{ key: 'cores', operator: 'Gt', values: ['32'] }] });
  assert.deepEqual(answers(snapshot, request({ affinity: many })), { ssd: no, hdd: [], plain: no });
  const either = terms(
    { matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] },
    { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['plain'] }] },
  );
  assert.deepEqual(answers(snapshot, request({ affinity: either })), { ssd: [], hdd: no, plain: [] });
  assert.deepEqual(answers(snapshot, request({ affinity: terms({}) })), { ssd: no, hdd: no, plain: no });
});

test('taints keep machines off that do not tolerate them', () => {
  const taints = [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' as const }];
  const snapshot = snapshotOf(
    host('tainted', { taints }),
    host('soft', { taints: [{ key: 'x', effect: 'PreferNoSchedule' }] }),
  );
  assert.deepEqual(answers(snapshot, request()), { tainted: [reasons.hasTaint], soft: [] });
  const cases: [NonNullable<MachineRequest['tolerations']>[number], boolean][] = [
    [{ key: 'dedicated', value: 'db' }, true],
    [{ key: 'dedicated', operator: 'Equal', value: 'web' }, false],
    [{ key: 'dedicated', operator: 'Exists' }, true],
    [{ operator: 'Exists' }, true],
    [{ key: 'dedicated', operator: 'Exists', effect: 'NoExecute' }, false],
    [{ key: 'other', operator: 'Exists' }, false],
  ];
  for (const [toleration, expected] of cases) {
    const found = answers(snapshot, request({ tolerations: [toleration] })).tainted;
    assert.equal(found?.length === 0, expected, JSON.stringify(toleration));
  }
});

test('machines run on the processors that they were made for', () => {
  const labels = (arch: string) => ({ labels: { 'kubernetes.io/arch': arch } });
  const snapshot = snapshotOf(host('amd', labels('amd64')), host('arm', labels('arm64')), host('silent'));
  assert.deepEqual(answers(snapshot, request({ architecture: 'arm64' })), {
    amd: [reasons.hasOtherArchitecture],
    arm: [],
    silent: [],
  });
});

test('local volumes hold a machine to their host', () => {
  const snapshot = snapshotOf(host('here'), host('there'));
  const nodeSelectorTerms = [
    { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In' as const, values: ['here'] }] },
  ];
  const volumes = [{ claim: 'data', hosts: { nodeSelectorTerms } }, { claim: 'anywhere' }];
  assert.deepEqual(answers(snapshot, request({ volumes })), { here: [], there: [reasons.doesNotReachVolume] });
});

test('a host port is given once', () => {
  const snapshot = snapshotOf(host('a'), host('b'));
  const ports = [{ protocol: 'TCP', port: 80 }];
  snapshot.put(request({ uid: 'old', ports }), 'a');
  assert.deepEqual(answers(snapshot, request({ ports })), { a: [reasons.portIsTaken], b: [] });
  assert.deepEqual(answers(snapshot, request({ ports: [{ protocol: 'UDP', port: 80 }] })), { a: [], b: [] });
  snapshot.remove('old');
  assert.deepEqual(answers(snapshot, request({ ports })), { a: [], b: [] });
});

const zones = () =>
  snapshotOf(
    host('a1', { labels: { [ZONE]: 'a', 'kubernetes.io/hostname': 'a1' } }),
    host('a2', { labels: { [ZONE]: 'a', 'kubernetes.io/hostname': 'a2' } }),
    host('b1', { labels: { [ZONE]: 'b', 'kubernetes.io/hostname': 'b1' } }),
  );
const web = { labelSelector: { matchLabels: { app: 'web' } }, topologyKey: ZONE };

test('anti-affinity keeps foes apart, whichever of them asked for it', () => {
  const snapshot = zones();
  const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [web] } };
  snapshot.put(request({ uid: 'old', labels: { app: 'web' } }), 'a1');
  const no = [reasons.hasFoes];
  assert.deepEqual(answers(snapshot, request({ affinity })), { a1: no, a2: no, b1: [] });
  assert.deepEqual(answers(snapshot, request({ affinity, namespace: 'other' })), { a1: [], a2: [], b1: [] });

  const guarded = zones();
  guarded.put(request({ uid: 'old', affinity }), 'b1');
  const kept = [reasons.isKeptAway];
  assert.deepEqual(answers(guarded, request({ labels: { app: 'web' } })), { a1: [], a2: [], b1: kept });
});

test('affinity wants friends near; the first of a group may go anywhere', () => {
  const snapshot = zones();
  const affinity = { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [web] } };
  const no = [reasons.hasNoFriends];
  assert.deepEqual(answers(snapshot, request({ affinity })), { a1: no, a2: no, b1: no });
  assert.deepEqual(answers(snapshot, request({ affinity, labels: { app: 'web' } })), { a1: [], a2: [], b1: [] });
  snapshot.put(request({ uid: 'old', labels: { app: 'web' } }), 'a2');
  assert.deepEqual(answers(snapshot, request({ affinity })), { a1: [], a2: [], b1: no });
});

test('spreading allows only so much difference between places', () => {
  const snapshot = zones();
  const labels = { app: 'web' };
  const spread = [{ ...web, maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' as const }];
  const uneven = [reasons.wouldSpreadUnevenly];
  assert.deepEqual(answers(snapshot, request({ labels, spread })), { a1: [], a2: [], b1: [] });
  snapshot.put(request({ uid: 'one', labels }), 'a1');
  assert.deepEqual(answers(snapshot, request({ labels, spread })), { a1: uneven, a2: uneven, b1: [] });
  snapshot.setHost(host('nowhere', { labels: {} }));
  assert.deepEqual(answers(snapshot, request({ labels, spread })).nowhere, [reasons.hasNoTopologyLabel]);
});
