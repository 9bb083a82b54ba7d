import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '@godwit/base';
import fc from 'fast-check';
import {
  energyPolicy,
  fragmentationPolicy,
  gpuShareResource,
  type Host,
  hostOfNode,
  type MachineRequest,
  type Policy,
  packPolicy,
  place,
  policyOf,
  requestOfInstance,
  requestOfPod,
  type Snapshot,
  spreadPolicy,
} from './index.ts';
import { exampleHost, exampleRequest, exampleSnapshot, HOSTNAME, ZONE } from './testing/examples.ts';

/** The host that each machine gets, one after the other; undefined for those that are refused. */
function hostsFor(snapshot: Snapshot, requests: readonly MachineRequest[], policy: Policy): (string | undefined)[] {
  const random = new SeededRandom(1);
  return requests.map((request) => place(snapshot, [request], policy, random).placements[0]?.host);
}

const gpuHost = (name: string, gpus: number): Host =>
  exampleHost(name, { gpus, capacity: { cpu: 64_000, memory: 2 ** 40, pods: 99, [gpuShareResource]: gpus * 1000 } });
const gpuMachine = (uid: string, count: number, share: number): MachineRequest =>
  exampleRequest(uid, { gpu: { count, share }, amounts: { cpu: 100, pods: 1, [gpuShareResource]: count * share } });

test('parts of GPUs that are free on several do not add up', () => {
  const snapshot = exampleSnapshot([gpuHost('a', 2)]);
  const parts = [gpuMachine('1', 1, 600), gpuMachine('2', 1, 600), gpuMachine('3', 1, 600)];
  assert.deepEqual(hostsFor(snapshot, parts, spreadPolicy), ['a', 'a', undefined]);
  assert.deepEqual(hostsFor(snapshot, [gpuMachine('4', 1, 400), gpuMachine('5', 1, 1000)], spreadPolicy), [
    'a',
    undefined,
  ]);
  snapshot.remove('2');
  assert.deepEqual(hostsFor(snapshot, [gpuMachine('6', 1, 1000)], spreadPolicy), ['a']);
});

test('no GPU is ever given twice, and all come back', () => {
  const shares = fc.oneof(
    fc.record({ count: fc.constant(1), share: fc.integer({ min: 1, max: 1000 }) }),
    fc.record({ count: fc.integer({ min: 1, max: 4 }), share: fc.constant(1000) }),
  );
  fc.assert(
    fc.property(
      fc.array(shares, { maxLength: 30 }),
      fc.constantFrom(spreadPolicy, fragmentationPolicy),
      (all, policy) => {
        const snapshot = exampleSnapshot([gpuHost('a', 4), gpuHost('b', 2)]);
        const random = new SeededRandom(1);
        const given = new Map<string, number>();
        for (const [index, { count, share }] of all.entries()) {
          const { placements } = place(snapshot, [gpuMachine(`m${index}`, count, share)], policy, random);
          for (const { host, decision } of placements) {
            assert.equal(new Set(decision.gpus).size, count);
            for (const device of decision.gpus ?? []) {
              const key = `${host} ${device}`;
              given.set(key, (given.get(key) ?? 0) + share);
            }
          }
        }
        for (const sum of given.values()) assert.ok(sum <= 1000);
        for (const index of all.keys()) snapshot.remove(`m${index}`);
        for (const row of [0, 1]) assert.ok(snapshot.gpus.free(row).every((free) => free === 1000));
      },
    ),
    { numRuns: 100 },
  );
});

test('GPUs are read from pods and nodes, and a bound pod keeps those that it was given', () => {
  const pod = (limits: Record<string, string>, annotations = {}) =>
    requestOfPod({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', uid: 'p', annotations },
      spec: { containers: [{ name: 'c', resources: { limits } }] },
    } as Parameters<typeof requestOfPod>[0]);
  assert.deepEqual(pod({ 'nvidia.com/gpu': '2' }).gpu, { count: 2, share: 1000 });
  assert.equal(pod({ 'nvidia.com/gpu': '2' }).amounts[gpuShareResource], 2000);
  assert.deepEqual(pod({ [gpuShareResource]: '250' }).gpu, { count: 1, share: 250 });
  assert.deepEqual(pod({ [gpuShareResource]: '1500' }).gpu, { count: 2, share: 1000 });
  assert.equal(pod({}).gpu, undefined);
  const decision = JSON.stringify({ v: 1, policy: 'spread', host: 'a', score: 1, of: 1, gpus: [1] });
  assert.deepEqual(pod({ [gpuShareResource]: '250' }, { 'godwit.dev/decision': decision }).gpu?.devices, [1]);
  const forged = decision.replace('[1]', '[-1]');
  assert.equal(pod({ [gpuShareResource]: '250' }, { 'godwit.dev/decision': forged }).gpu?.devices, undefined);
  // Who is placed anew gets what is free now, whatever an old decision says.
  const stale = { ...gpuMachine('stale', 1, 1000), gpu: { count: 1, share: 1000, devices: [0] } };
  const snapshot = exampleSnapshot([gpuHost('a', 2)]);
  snapshot.put(gpuMachine('there', 1, 1000), 'a');
  const { placements } = place(snapshot, [stale], spreadPolicy, new SeededRandom(1));
  assert.deepEqual(placements[0]?.decision.gpus, [1]);
  const node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n', annotations: { 'godwit.dev/numa-cores': '16,16', 'godwit.dev/watts': 'nonsense' } },
    status: { allocatable: { cpu: '32', 'nvidia.com/gpu': '4' }, images: [{ names: ['a:1'] }] },
  };
  const host = hostOfNode(node as Parameters<typeof hostOfNode>[0]);
  assert.deepEqual([host.gpus, host.capacity[gpuShareResource], host.numa, host.watts], [4, 4000, [16, 16], undefined]);
  assert.ok(host.images?.has('a:1'));
  const named = (image: string) =>
    hostOfNode({ ...node, status: { images: [{ names: [image] }] } } as Parameters<typeof hostOfNode>[0]).images;
  assert.ok(named('localhost/web:latest')?.has('web'));
  assert.ok(named('docker.io/library/nginx:1')?.has('nginx:1'));
  assert.ok(!named('registry.example/team/web:latest')?.has('web'));
});

test('the fragmentation-aware policy keeps GPUs away from machines that need none, and whole ones whole', () => {
  const snapshot = exampleSnapshot([
    ...['g1', 'g2', 'g3'].map((name) => ({ ...gpuHost(name, 2), capacity: { cpu: 8000, memory: 2 ** 40, pods: 99 } })),
    exampleHost('plain', { capacity: { cpu: 8000, memory: 2 ** 40, pods: 99 } }),
  ]);
  const usual = Array.from({ length: 20 }, (_, i) => ({ ...gpuMachine(`u${i}`, 2, 1000), amounts: { cpu: 8000 } }));
  for (const request of usual) snapshot.usual.learn(request);
  const part = (uid: string) => ({ ...gpuMachine(uid, 1, 300), amounts: { cpu: 100 } });
  const found = hostsFor(
    snapshot,
    [exampleRequest('cpu', { amounts: { cpu: 4000 } }), part('a'), part('b'), part('c')],
    fragmentationPolicy,
  );
  assert.equal(found[0], 'plain');
  assert.equal(new Set(found.slice(1)).size, 1);
});

test('cores that a machine has to itself come from one NUMA node where the guest sees it', () => {
  const numaHost = exampleHost('a', { numa: [4, 4], capacity: { cpu: 8000, memory: 2 ** 40, pods: 99 } });
  const cores = (uid: string, share: number, strict: boolean) =>
    exampleRequest(uid, { amounts: { cpu: share * 1000 }, cores: { count: 1, share, strict } });
  assert.deepEqual(hostsFor(exampleSnapshot([numaHost]), [cores('1', 6, true)], spreadPolicy), [undefined]);
  assert.deepEqual(hostsFor(exampleSnapshot([numaHost]), [cores('1', 6, false)], spreadPolicy), ['a']);
  const three = ['1', '2', '3'].map((uid) => cores(uid, 3, true));
  assert.deepEqual(hostsFor(exampleSnapshot([numaHost]), three, spreadPolicy), ['a', 'a', undefined]);
  const instance = {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: { name: 'vm' },
    spec: {
      domain: {
        cpu: { sockets: 1, cores: 2, threads: 2, dedicatedCpuPlacement: true, isolateEmulatorThread: true },
        devices: {},
      },
    },
  } as Parameters<typeof requestOfInstance>[0];
  assert.deepEqual(requestOfInstance(instance).cores, { count: 1, share: 5, strict: false });
});

test('overcommit gives out more than there is, but never cores that somebody has to himself', () => {
  const policy: Policy = { ...packPolicy, overcommit: { cpu: 2 } };
  const host = exampleHost('a', { capacity: { cpu: 4000, memory: 2 ** 40, pods: 99 } });
  const shared = (uid: string) => exampleRequest(uid, { amounts: { cpu: 2000 } });
  const four = ['1', '2', '3', '4', '5'].map(shared);
  assert.deepEqual(hostsFor(exampleSnapshot([host]), four, policy), ['a', 'a', 'a', 'a', undefined]);
  const alone = exampleRequest('alone', { amounts: { cpu: 2000 }, cores: { count: 1, share: 2, strict: false } });
  assert.deepEqual(hostsFor(exampleSnapshot([host]), [alone, ...four], policy), [
    'a',
    'a',
    'a',
    undefined,
    undefined,
    undefined,
  ]);
});

const tenants = fc.array(fc.constantFrom('red', 'blue', 'green', 'kube-system'), { maxLength: 25 });

test('tenants that must not share a host never do, whatever comes in whatever order', () => {
  const policies = [
    policyOf({ isolation: { sharing: 'never' } }),
    policyOf({ isolation: { apart: [{ tenants: ['red', 'blue'] }] } }),
    policyOf({ strategy: 'pack', isolation: { dedicated: [{ tenant: 'green', nodeSelector: { of: 'green' } }] } }),
  ];
  fc.assert(
    fc.property(tenants, fc.constantFrom(...policies), (namespaces, policy) => {
      const snapshot = exampleSnapshot([
        exampleHost('a'),
        exampleHost('b'),
        exampleHost('c', { labels: { of: 'green' } }),
      ]);
      const requests = namespaces.map((namespace, i) => exampleRequest(`m${i}`, { namespace }));
      const found = hostsFor(snapshot, requests, policy);
      const on = (host: string) =>
        new Set(namespaces.filter((_, i) => found[i] === host && namespaces[i] !== 'kube-system'));
      for (const host of ['a', 'b', 'c']) {
        const together = on(host);
        if (policy.isolation?.sharing === 'never') assert.ok(together.size <= 1);
        if (policy.isolation?.apart) assert.ok(!(together.has('red') && together.has('blue')));
        if (policy.isolation?.dedicated)
          assert.ok(
            host === 'c'
              ? together.size === 0 || (together.size === 1 && together.has('green'))
              : !together.has('green'),
          );
      }
    }),
    { numRuns: 200 },
  );
});

test('the energy policy wakes nobody while others have room, and then the thrifty one', () => {
  const hosts = [
    exampleHost('thirsty', { watts: [200, 400] }),
    exampleHost('thrifty', { watts: [40, 80] }),
    exampleHost('awake', { watts: [100, 150] }),
  ];
  const snapshot = exampleSnapshot(hosts);
  snapshot.put(exampleRequest('there'), 'awake');
  assert.deepEqual(hostsFor(snapshot, [exampleRequest('1', { amounts: { cpu: 3900 } })], energyPolicy), ['awake']);
  assert.deepEqual(hostsFor(snapshot, [exampleRequest('2', { amounts: { cpu: 3900 } })], energyPolicy), ['thrifty']);
});

test('a host that has the images already is the better one', () => {
  const snapshot = exampleSnapshot([exampleHost('a'), exampleHost('b', { images: new Set(['web:1']) })]);
  assert.deepEqual(hostsFor(snapshot, [exampleRequest('1', { images: ['web:1'] })], spreadPolicy), ['b']);
});

const term = (app: string, topologyKey: string) => ({ labelSelector: { matchLabels: { app } }, topologyKey });
const zoneHosts = () =>
  Array.from({ length: 9 }, (_, i) => exampleHost(`h${i}`, { labels: { [HOSTNAME]: `h${i}`, [ZONE]: `z${i % 3}` } }));
const many = fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.boolean()), { maxLength: 30 });

test('anti-affinity holds both ways: whoever came first', () => {
  fc.assert(
    fc.property(many, fc.constantFrom(ZONE, HOSTNAME), (wanted, key) => {
      const requests = wanted.map(([app, shy], i) => {
        const required = [term(app === 'a' ? 'b' : 'a', key)];
        const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } };
        return exampleRequest(`m${i}`, { labels: { app }, affinity: shy ? affinity : undefined });
      });
      const snapshot = exampleSnapshot(zoneHosts());
      hostsFor(snapshot, requests, spreadPolicy);
      const placeOf = (uid: string) => snapshot.hosts[snapshot.machines.get(uid)?.row ?? -1]?.labels[key];
      for (const shy of requests.filter(({ affinity }) => affinity)) {
        for (const other of requests.filter(({ labels }) => labels.app !== shy.labels.app)) {
          if (placeOf(shy.uid) !== undefined) assert.notEqual(placeOf(shy.uid), placeOf(other.uid));
        }
      }
    }),
    { numRuns: 100 },
  );
});

test('spreading never differs by more than was allowed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 3 }), (count, maxSkew) => {
      const spread = [{ ...term('a', ZONE), maxSkew, whenUnsatisfiable: 'DoNotSchedule' as const }];
      const requests = Array.from({ length: count }, (_, i) =>
        exampleRequest(`m${i}`, { labels: { app: 'a' }, spread }),
      );
      const found = hostsFor(exampleSnapshot(zoneHosts()), requests, packPolicy);
      const counts = [0, 1, 2].map((zone) => found.filter((host) => host && Number(host.slice(1)) % 3 === zone).length);
      assert.ok(Math.max(...counts) - Math.min(...counts) <= maxSkew);
    }),
    { numRuns: 60 },
  );
});

test('who has hosts of its own does not go where somebody else still is', () => {
  const policy = policyOf({ isolation: { dedicated: [{ tenant: 'bank', nodeSelector: { for: 'bank' } }] } });
  const own = (name: string) => exampleHost(name, { labels: { [HOSTNAME]: name, for: 'bank' } });
  const snapshot = exampleSnapshot([own('a'), own('b')]);
  snapshot.put(exampleRequest('early', { namespace: 'coke' }), 'a');
  const bank = ['1', '2', '3'].map((uid) => exampleRequest(uid, { namespace: 'bank' }));
  assert.deepEqual(hostsFor(snapshot, bank, policy), ['b', 'b', 'b']);
  snapshot.remove('2');
  snapshot.put(exampleRequest('other', { namespace: 'pepsi' }), 'b');
  assert.deepEqual(hostsFor(snapshot, [exampleRequest('4', { namespace: 'bank' })], policy), [undefined]);
});
