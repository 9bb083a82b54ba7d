import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '@godwit/base';
import fc from 'fast-check';
import { energyPolicy, type Policy, packPolicy, spreadPolicy } from '../policy.ts';
import { reasons } from '../reason.ts';
import type { MachineRequest } from '../request/machine-request.ts';
import { exampleHost, exampleRequest, exampleSnapshot, HOSTNAME } from '../testing/examples.ts';
import { firstReason, prepareAllTests, questionOf } from './question.ts';
import { rankingsOf } from './rankings.ts';
import { scan } from './scan.ts';
import { levelOf } from './shelf.ts';

test('more room is never on a lower level', () => {
  const amount = fc.oneof(fc.double({ min: 0, max: 2 ** 60, noNaN: true }), fc.integer({ min: 0, max: 2 ** 31 }));
  fc.assert(fc.property(amount, amount, (a, b) => a > b || levelOf(a) <= levelOf(b)));
  assert.deepEqual([Number.NaN, -1, 0, 0.5].map(levelOf), [0, 0, 0, 0]);
});

const hosts = (count: number) =>
  Array.from({ length: count }, (_, i) =>
    exampleHost(`h${i}`, { capacity: { cpu: 2000 + 500 * (i % 4), memory: 4000 + 1000 * (i % 3), pods: 20 } }),
  );

const machine = fc.record({
  cpu: fc.integer({ min: 1, max: 2500 }),
  memory: fc.integer({ min: 1, max: 5000 }),
  far: fc.boolean(),
});

function requestOf(uid: string, { cpu, memory, far }: typeof machine extends fc.Arbitrary<infer One> ? One : never) {
  const terms = [{ labelSelector: { matchLabels: { app: 'a' } }, topologyKey: HOSTNAME }];
  return exampleRequest(uid, {
    labels: { app: 'a' },
    amounts: { cpu, memory, pods: 1 },
    affinity: far ? { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } } : undefined,
  });
}

test('of whatever size a machine is, it gets a host that will do whenever there is one', () => {
  fc.assert(
    fc.property(
      fc.array(machine, { minLength: 100, maxLength: 160 }),
      fc.constantFrom(spreadPolicy, packPolicy, energyPolicy),
      fc.integer(),
      (wanted, policy, seed) => {
        const random = new SeededRandom(seed);
        const snapshot = exampleSnapshot(hosts(70));
        for (const [index, each] of wanted.entries()) {
          const request = requestOf(`m${index}`, each);
          const question = questionOf(snapshot, request, policy);
          const [best] = rankingsOf(snapshot).survey(question, random.integer(70)).best;
          assert.equal(best !== undefined, scan(question, 0).best.length > 0);
          if (random.integer(4) === 0) snapshot.remove(`m${random.integer(index + 1)}`);
          if (!best) continue;
          assert.equal(firstReason(prepareAllTests(question), best.row), reasons.passes);
          snapshot.put(request, snapshot.hosts[best.row]?.name ?? '');
        }
      },
    ),
    { numRuns: 25 },
  );
});

/** The mean score of machines of which no two are alike, and what asking every host each time comes to. */
function meanScores(policy: Policy) {
  const random = new SeededRandom(5);
  const snapshot = exampleSnapshot(hosts(300));
  let ours = 0;
  let best = 0;
  for (let index = 0; index < 600; index++) {
    const each = { cpu: 20 + random.integer(800), memory: 20 + random.integer(1500), far: false };
    const request: MachineRequest = requestOf(`m${index}`, each);
    const question = questionOf(snapshot, request, policy);
    const [chosen] = rankingsOf(snapshot).survey(question, 0).best;
    ours += chosen?.points ?? 0;
    best += scan(question, 0).best[0]?.points ?? 0;
    if (chosen) snapshot.put(request, snapshot.hosts[chosen.row]?.name ?? '');
  }
  return ours / best;
}

test('hosts found on shelves are as good as those found by asking every host, within one percent', () => {
  for (const policy of [spreadPolicy, packPolicy, energyPolicy]) {
    const ratio = meanScores(policy);
    assert.ok(ratio > 0.99 && ratio <= 1, `${policy.name}: ${ratio}`);
  }
});
