/** What is said to help has to help: tests do what the words say, and look whether the machine fits then. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '@godwit/base';
import type { Affinity } from '@godwit/kinds';
import fc from 'fast-check';
import {
  explainRefusal,
  type Host,
  type MachineRequest,
  type Policy,
  place,
  type Snapshot,
  spreadPolicy,
} from '../index.ts';
import { exampleHost, exampleRequest, exampleSnapshot, HOSTNAME, ZONE } from '../testing/examples.ts';
import { obey } from './test-support/obey.ts';
import { told } from './test-support/told.ts';

function fits(snapshot: Snapshot, request: MachineRequest, policy: Policy): boolean {
  return place(snapshot, [request], policy, new SeededRandom(1)).placements.length === 1;
}

/** Does each alternative in a cluster of its own. @returns how many there were that could be done */
function assertHelps(make: () => Snapshot, request: MachineRequest, policy: Policy = spreadPolicy): number {
  if (fits(make(), request, policy)) return 0;
  const snapshot = make();
  const { remedies, message } = told(explainRefusal(snapshot, request, policy));
  assert.deepEqual(snapshot.machines, make().machines);
  let done = 0;
  for (const words of remedies.flatMap((remedy) => remedy.split(', or '))) {
    const scene = { snapshot: make(), request };
    if (obey(words, scene) === 0 || words.includes('other hosts') || words.includes('…')) {
      assert.match(words, /^add a |other hosts|…/);
      continue;
    }
    done++;
    assert.ok(fits(scene.snapshot, scene.request, policy), `${words}\n${message}\n${remedies.join('\n')}`);
  }
  return done;
}

const app = fc.constantFrom('a', 'b');
const places = fc.constantFrom(ZONE, HOSTNAME, 'rack');
const termOf = ([label, topologyKey]: readonly [string, string]) => ({
  topologyKey,
  labelSelector: { matchLabels: { app: label } },
});
const terms = fc.array(fc.tuple(app, places).map(termOf), { maxLength: 1 });
const affinities = fc.tuple(terms, terms).map(
  ([near, far]): Affinity => ({
    podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: near },
    podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: far },
  }),
);
const hosts = fc.array(
  fc.record({
    zone: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
    disk: fc.option(fc.constantFrom('ssd', 'hdd'), { nil: undefined }),
    schedulable: fc.boolean(),
    taints: fc.subarray(['one', 'two']),
    gpus: fc.nat(2),
    cores: fc.integer({ min: 1, max: 4 }),
  }),
  { minLength: 1, maxLength: 4 },
);
const machines = fc.record({
  app,
  on: fc.nat(3),
  cpu: fc.constantFrom(0, 100, 1000),
  share: fc.constantFrom(0, 0, 300, 1000),
  port: fc.constantFrom(0, 0, 80),
  affinity: fc.option(affinities, { nil: undefined }),
});
const wishes = fc.record({
  app,
  cpu: fc.integer({ min: 0, max: 5000 }),
  gpu: fc.constantFrom(undefined, undefined, { count: 1, share: 400 }, { count: 2, share: 1000 }),
  fpga: fc.constantFrom(0, 0, 1),
  port: fc.constantFrom(0, 80),
  disk: fc.constantFrom(undefined, 'ssd'),
  skew: fc.constantFrom(undefined, ZONE, HOSTNAME),
  affinity: affinities,
});

function hostOf(index: number, wanted: typeof hosts extends fc.Arbitrary<(infer Each)[]> ? Each : never): Host {
  const { zone, disk, gpus, cores } = wanted;
  const name = `h${index}`;
  return exampleHost(name, {
    labels: { [HOSTNAME]: name, ...(zone && { [ZONE]: zone }), ...(disk && { disk }) },
    schedulable: wanted.schedulable,
    taints: wanted.taints.map((key) => ({ key, value: 'v', effect: 'NoSchedule' })),
    capacity: {
      cpu: cores * 1000,
      memory: 2 ** 30,
      pods: 3,
      ...(gpus && { 'nvidia.com/gpu': gpus, 'godwit.dev/gpu-share': gpus * 1000 }),
    },
    ...(gpus && { gpus }),
  });
}

function requestOf(
  uid: string,
  {
    app: label,
    cpu,
    port,
    affinity,
    gpu,
    fpga,
    disk,
    skew,
  }: {
    app: string;
    cpu: number;
    port: number;
    affinity?: Affinity | undefined;
    gpu?: MachineRequest['gpu'];
    fpga?: number;
    disk?: string | undefined;
    skew?: string | undefined;
  },
): MachineRequest {
  return exampleRequest(uid, {
    labels: { app: label },
    amounts: {
      cpu,
      memory: 2 ** 20,
      pods: 1,
      ...(fpga && { 'acme.com/fpga': fpga }),
      ...(gpu && { 'godwit.dev/gpu-share': gpu.count * gpu.share }),
      ...(gpu && gpu.share === 1000 && { 'nvidia.com/gpu': gpu.count }),
    },
    ports: port > 0 ? [{ protocol: 'TCP', port }] : [],
    affinity,
    ...(gpu && { gpu }),
    ...(disk && { nodeSelector: { disk } }),
    // Which places a spread constraint counts depends on the selector: of both, one.
    ...(skew &&
      !disk && {
        spread: [
          {
            topologyKey: skew,
            maxSkew: 1,
            whenUnsatisfiable: 'DoNotSchedule',
            labelSelector: { matchLabels: { app: label } },
          },
        ],
      }),
  });
}

test('whatever is in the way, doing what is said to help makes it fit', () => {
  let done = 0;
  fc.assert(
    fc.property(hosts, fc.array(machines, { maxLength: 6 }), wishes, (there, bound, wanted) => {
      const make = () => {
        const snapshot = exampleSnapshot(there.map((each, index) => hostOf(index, each)));
        for (const [index, { on, share, ...each }] of bound.entries()) {
          const free = snapshot.gpus.free(snapshot.rowOf(`h${on}`) ?? -1);
          const gpu = share > 0 && free.some((each) => each >= share) ? { count: 1, share } : undefined;
          snapshot.put(requestOf(`m${index}`, { ...each, ...(gpu && { gpu }) }), `h${on}`);
        }
        return snapshot;
      };
      done += assertHelps(make, requestOf('new', wanted));
    }),
    { numRuns: 1000 },
  );
  assert.ok(done > 200, `only ${done} remedies were tried`);
});

const toldOf = (request: MachineRequest, hosts: readonly Host[], waiting: readonly MachineRequest[] = []) => {
  const { message, remedies } = told(explainRefusal(exampleSnapshot(hosts), request, spreadPolicy, () => waiting));
  return [message, ...remedies].join(' | ');
};

test('whole GPUs are told once, and what nobody has is to be added', () => {
  const amounts = { cpu: 1, memory: 1, pods: 1, 'nvidia.com/gpu': 1, 'godwit.dev/gpu-share': 1000 };
  const request = exampleRequest('new', { amounts, gpu: { count: 1, share: 1000 } });
  assert.equal(
    toldOf(request, [exampleHost('a'), exampleHost('b')]),
    '0/2 nodes are available: 2 Insufficient nvidia.com/gpu (needs 1, has 0 free). | ' +
      'ask for no nvidia.com/gpu, or add a host with nvidia.com/gpu',
  );
});

test('labels are named: those to give, and those that only another host can have', () => {
  const nodeAffinity = {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [
        {
          matchExpressions: [
            { key: 'disk', operator: 'In' as const, values: ['ssd', 'nvme'] },
            { key: 'gen', operator: 'Gt' as const, values: ['3'] },
            { key: 'old', operator: 'DoesNotExist' as const },
          ],
        },
      ],
    },
  };
  const picky = exampleRequest('new', { affinity: { nodeAffinity }, nodeSelector: { room: 'cold' } });
  const labels = { [HOSTNAME]: 'a', disk: 'nvme', old: 'yes' };
  assert.match(
    toldOf(picky, [exampleHost('a', { labels }), exampleHost('b', { labels: { gen: '1' } })]),
    / \| give a the labels room=cold and gen=4 and take the label old from a, or ask for other hosts$/,
  );
  const small = exampleRequest('new', { nodeSelector: { model: 'H100' } });
  assert.match(
    toldOf(small, [exampleHost('a', { labels: { model: 'T4' } })]),
    / \| ask for other hosts, or add a host with model=H100$/,
  );
  const arm = exampleRequest('new', { nodeSelector: { 'kubernetes.io/arch': 'arm64' } });
  assert.match(
    toldOf(arm, [exampleHost('a')]),
    / \| ask for other hosts, or add a host with kubernetes.io\/arch=arm64$/,
  );
});

test('a host that is too small is not promised to help', () => {
  const amounts = { cpu: 6000, memory: 20 * 2 ** 30, pods: 1 };
  const cordoned = exampleHost('vm', { schedulable: false, capacity: { cpu: 2000, memory: 2 ** 40, pods: 9 } });
  assert.match(
    toldOf(exampleRequest('new', { amounts }), [exampleHost('a'), cordoned]),
    / \| ask for 2 cores less cpu and 12 GiB less memory, or add a host with 6 cores cpu and 20 GiB memory$/,
  );
});

test('those who wait for each other are told so, over any number of them', () => {
  const near = (uid: string, own: string, wanted: string) =>
    exampleRequest(uid, {
      labels: { app: own },
      affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [termOf([wanted, ZONE])] } },
    });
  const circle = [near('1', 'a', 'b'), near('2', 'b', 'c'), near('3', 'c', 'a'), near('4', 'x', 'c')];
  const hosts = [exampleHost('h', { labels: { [ZONE]: 'z' } })];
  assert.match(
    toldOf(circle[0] as MachineRequest, hosts, circle),
    / \| take the affinity from one of them: it, pod\/2 and pod\/3 wait for each other/,
  );
  // Who waits for the circle is none of it.
  assert.match(
    toldOf(circle[3] as MachineRequest, hosts, circle),
    / \| start a machine with app=c on h, or do not ask /,
  );
});

test('the first host that is given a label is a place of its own, whoever is there', () => {
  const labels = { app: 'a' };
  const selector = { labelSelector: { matchLabels: labels } };
  const spread = [{ topologyKey: 'rack', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' as const, ...selector }];
  const make = () => {
    const snapshot = exampleSnapshot([exampleHost('a')]);
    for (const uid of ['1', '2']) snapshot.put(exampleRequest(uid, { labels }), 'a');
    return snapshot;
  };
  const request = exampleRequest('new', { labels, spread });
  assert.deepEqual(told(explainRefusal(make(), request)).remedies, ['give a the label rack']);
  assert.equal(assertHelps(make, request), 1);
});

test('in large places those who are in the way are counted, not looked for', () => {
  const labels = (name: string) => ({ [HOSTNAME]: name, [ZONE]: 'z' });
  const hosts = Array.from({ length: 100 }, (_, index) => exampleHost(`h${index}`, { labels: labels(`h${index}`) }));
  const far: Affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [termOf(['a', ZONE])] } };
  const snapshot = exampleSnapshot(hosts);
  for (const host of ['h1', 'h2']) snapshot.put(exampleRequest(host, { labels: { app: 'a' }, affinity: far }), host);
  const remediesFor = (over: Partial<MachineRequest>) =>
    told(explainRefusal(snapshot, exampleRequest('new', over))).remedies;
  assert.deepEqual(remediesFor({ affinity: far }), [
    'stop 2 machines with app=a in z, which it must be far from, or do not ask to be far from app=a',
  ]);
  assert.deepEqual(remediesFor({ labels: { app: 'a' } }), ['stop 2 machines in z, which keep it away']);
});

test('who is stopped in another place leaves fewer there: what evens things out is not counted as if he stayed', () => {
  const foe = {
    podAffinity: {},
    podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [termOf(['a', ZONE])] },
  };
  const plain = { app: 'a', cpu: 0, port: 0 };
  const host = { zone: 'y' as const, disk: undefined, schedulable: false, taints: [], gpus: 0 };
  const make = () => {
    const snapshot = exampleSnapshot([
      hostOf(0, { ...host, cores: 2 }),
      hostOf(1, { ...host, cores: 1 }),
      hostOf(2, { ...host, zone: undefined, cores: 1 }),
    ]);
    for (const [name, on] of [
      ['m0', 0],
      ['m2', 0],
      ['m3', 2],
    ] as const)
      snapshot.put(requestOf(name, plain), `h${on}`);
    snapshot.put(requestOf('m1', { ...plain, affinity: foe }), 'h1');
    return snapshot;
  };
  assertHelps(make, requestOf('new', { ...plain, cpu: 1_001, skew: HOSTNAME }));
});
