import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '@godwit/base';
import type { Affinity, PodAffinityTerm } from '@godwit/kinds';
import fc from 'fast-check';
import { told } from './explain/test-support/told.ts';
import {
  energyPolicy,
  explainRefusal,
  fragmentationPolicy,
  gpuShareResource,
  type Host,
  type MachineRequest,
  type Policy,
  packPolicy,
  place,
  preempt,
  type Snapshot,
  spreadPolicy,
} from './index.ts';
import { exampleHost, exampleRequest, exampleSnapshot, HOSTNAME, ZONE } from './testing/examples.ts';

/** Numbers that make sense, and some that do not. */
const amount = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 5000 }) },
  fc.constantFrom(Number.NaN, -1, -1e300, Number.POSITIVE_INFINITY, Number.MAX_VALUE, 0.5),
);
const name = fc.constantFrom('a', 'b', '', '__proto__', 'constructor');
const key = fc.constantFrom(ZONE, HOSTNAME, 'nowhere', '__proto__');
const term: fc.Arbitrary<PodAffinityTerm> = fc.record(
  {
    topologyKey: key,
    labelSelector: fc.record({ matchLabels: fc.dictionary(fc.constantFrom('app', 'x'), name, { maxKeys: 2 }) }),
    namespaces: fc.array(name, { maxLength: 2 }),
  },
  { requiredKeys: ['topologyKey'] },
);
const terms = fc.array(term, { maxLength: 2 });
const weighted = fc.array(fc.record({ weight: fc.integer({ min: -5, max: 500 }), podAffinityTerm: term }), {
  maxLength: 2,
});
const group = fc.record(
  {
    requiredDuringSchedulingIgnoredDuringExecution: terms,
    preferredDuringSchedulingIgnoredDuringExecution: weighted,
  },
  { requiredKeys: [] },
);
const affinity: fc.Arbitrary<Affinity> = fc.record(
  { podAffinity: group, podAntiAffinity: group },
  { requiredKeys: [] },
);

const machine = fc.record({
  cpu: amount,
  memory: amount,
  gpu: fc.option(fc.record({ count: fc.integer({ min: 1, max: 3 }), share: fc.constantFrom(100, 600, 1000) })),
  cores: fc.option(fc.record({ count: fc.constant(1), share: fc.integer({ min: 1, max: 3 }), strict: fc.boolean() })),
  app: name,
  namespace: fc.constantFrom('default', 'other', 'kube-system'),
  affinity: fc.option(affinity),
  nodeSelector: fc.option(fc.dictionary(fc.constantFrom(ZONE, 'x', '__proto__'), name, { maxKeys: 2 })),
  port: fc.option(fc.integer({ min: -1, max: 3 })),
  priority: amount,
  spread: fc.option(fc.record({ topologyKey: key, maxSkew: fc.integer({ min: -1, max: 2 }), hard: fc.boolean() })),
});
type Wanted = typeof machine extends fc.Arbitrary<infer One> ? One : never;

function requestOf(uid: string, wanted: Wanted): MachineRequest {
  const { cpu, memory, gpu, cores, app, namespace, port, priority, spread } = wanted;
  return exampleRequest(uid, {
    namespace,
    labels: { app },
    amounts: { cpu, memory, pods: 1, ...(gpu && { [gpuShareResource]: gpu.count * gpu.share }) },
    affinity: wanted.affinity ?? undefined,
    nodeSelector: wanted.nodeSelector ?? undefined,
    ports: port === null ? [] : [{ protocol: 'TCP', port }],
    priority,
    ...(gpu && { gpu }),
    ...(cores && { cores }),
    spread: spread
      ? [
          {
            topologyKey: spread.topologyKey,
            maxSkew: spread.maxSkew,
            whenUnsatisfiable: spread.hard ? 'DoNotSchedule' : 'ScheduleAnyway',
            labelSelector: { matchLabels: { app } },
          },
        ]
      : [],
  });
}

const host = fc.record({
  cpu: amount,
  memory: amount,
  gpus: fc.integer({ min: 0, max: 3 }),
  zone: fc.option(name),
  cordoned: fc.boolean(),
});
type Given = typeof host extends fc.Arbitrary<infer One> ? One : never;

function hostOf(index: number, { cpu, memory, gpus, zone, cordoned }: Given): Host {
  return exampleHost(`h${index}`, {
    labels: { [HOSTNAME]: `h${index}`, ...(zone !== null && { [ZONE]: zone }) },
    schedulable: !cordoned,
    capacity: { cpu, memory, pods: 5, [gpuShareResource]: gpus * 1000 },
    gpus,
  });
}

const isolation = fc.record(
  {
    sharing: fc.constantFrom('allowed' as const, 'never' as const),
    apart: fc.array(fc.array(fc.constantFrom('default', 'other'), { minLength: 1, maxLength: 3 }), { maxLength: 2 }),
    dedicated: fc.array(
      fc.record({
        tenant: fc.constantFrom('default', 'other'),
        nodeSelector: fc.dictionary(key, name, { maxKeys: 1 }),
      }),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: [] },
);

const policies = fc
  .record(
    {
      base: fc.constantFrom(spreadPolicy, packPolicy, energyPolicy, fragmentationPolicy),
      overcommit: fc.record({ cpu: amount, memory: amount }),
      isolation,
    },
    { requiredKeys: ['base'] },
  )
  .map(({ base, ...over }): Policy => ({ ...base, ...over }));

/** Nothing sound is given out more often than the policy says, and no port or GPU twice. */
function assertSound(snapshot: Snapshot, policy: Policy): void {
  const isSound = (number: number) => number > 0 && number <= Number.MAX_SAFE_INTEGER;
  for (const [row, one] of snapshot.hosts.entries()) {
    if (!one) continue;
    const machines = snapshot.machinesOn(row).map(({ request }) => request);
    for (const resource of ['cpu', 'memory', 'pods']) {
      const used = machines.reduce((sum, { amounts }) => {
        const more = amounts[resource] ?? 0;
        return isSound(more) ? sum + more : sum;
      }, 0);
      const ratio = policy.overcommit?.[resource] ?? 1;
      const there = one.capacity[resource] ?? 0;
      // Cores of one machine alone are given once, whatever the ratio.
      const most = (isSound(there) ? there : 0) * Math.max(1, isSound(ratio) ? ratio : 1);
      assert.ok(used <= most + 1e-6, `${used} of ${most} ${resource}`);
    }
    assert.ok(snapshot.gpus.free(row).every((free) => free >= 0 && free <= 1000));
    const cores = machines.reduce((sum, each) => sum + (each.cores ? each.cores.count * each.cores.share : 0), 0);
    const whole = one.capacity.cpu ?? 0;
    assert.ok(cores <= (isSound(whole) ? Math.floor(whole / 1000) : 0), `${cores} cores of ${whole}`);
    const ports = machines.flatMap((each) => each.ports.map(({ port }) => port));
    assert.equal(new Set(ports).size, ports.length);
  }
}

test('whatever is asked for, nothing breaks and nothing is given out twice', () => {
  fc.assert(
    fc.property(
      fc.array(host, { minLength: 1, maxLength: 5 }),
      fc.array(machine, { maxLength: 14 }),
      policies,
      fc.integer(),
      (hosts, machines, policy, seed) => {
        const snapshot = exampleSnapshot(hosts.map((each, index) => hostOf(index, each)));
        const random = new SeededRandom(seed);
        for (const [index, wanted] of machines.entries()) {
          const request = requestOf(`m${index}`, wanted);
          const { placements, refusals } = place(snapshot, [request], policy, random);
          assert.equal(placements.length + refusals.length, 1);
          assertSound(snapshot, policy);
          if (refusals.length > 0) {
            assert.match(told(explainRefusal(snapshot, request, policy)).message, /^0\/\d+ nodes are available: \d/);
            preempt(snapshot, request, policy, { budgets: [], leaving: new Set() });
            assertSound(snapshot, policy);
          }
          if (random.integer(4) === 0) snapshot.remove(`m${random.integer(index + 1)}`);
        }
      },
    ),
    { numRuns: 400 },
  );
});

const near = (app: string, topologyKey = ZONE) => ({ labelSelector: { matchLabels: { app } }, topologyKey });
const required = (...all: PodAffinityTerm[]) => ({ requiredDuringSchedulingIgnoredDuringExecution: all });

/** What is said of the last of some machines that came one after the other. */
function toldToLast(...requests: readonly MachineRequest[]): string {
  const snapshot = exampleSnapshot([
    exampleHost('a', { labels: { [HOSTNAME]: 'a', [ZONE]: 'z' } }),
    exampleHost('b', { labels: { [HOSTNAME]: 'b', [ZONE]: 'z' } }),
  ]);
  place(snapshot, requests, spreadPolicy, new SeededRandom(1));
  const last = requests.at(-1) as MachineRequest;
  const { message, remedies } = told(explainRefusal(snapshot, last, spreadPolicy, () => requests));
  return [message, ...remedies].join(' | ');
}

test('wishes that no order of things fulfils are explained with what to change', () => {
  const circle = [
    exampleRequest('1', { labels: { app: 'a' }, affinity: { podAffinity: required(near('b')) } }),
    exampleRequest('2', { labels: { app: 'b' }, affinity: { podAffinity: required(near('a')) } }),
  ];
  assert.equal(
    toldToLast(...circle),
    "0/2 nodes are available: 2 node(s) didn't match pod affinity rules. | " +
      'take the affinity from one of them: it and pod/1 wait for each other, since each must be near another first',
  );
  const both = { podAffinity: required(near('a')), podAntiAffinity: required(near('a')) };
  assert.match(
    toldToLast(
      exampleRequest('1', { labels: { app: 'a' } }),
      exampleRequest('2', { labels: { app: 'a' }, affinity: both }),
    ),
    /stop pod\/1, which it must be far from, or do not ask to be far from app=a/,
  );
  const alone = { podAntiAffinity: required(near('a')) };
  assert.match(
    toldToLast(
      exampleRequest('1', { labels: { app: 'a' }, affinity: alone }),
      exampleRequest('2', { labels: { app: 'a' } }),
    ),
    /stop pod\/1, which keeps it away/,
  );
  assert.match(
    toldToLast(exampleRequest('1', { affinity: { podAffinity: required(near('a', 'rack')) }, labels: { app: 'a' } })),
    /give a the label rack$/,
  );
  assert.match(
    toldToLast(exampleRequest('1', { nodeSelector: { gpu: 'yes' }, amounts: { cpu: 9000, pods: 1 } })),
    /ask for 5 cores less cpu and other hosts, or add a host with 9 cores cpu and gpu=yes/,
  );
});
