import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '@godwit/base';
import fc from 'fast-check';
import { type Policy, packPolicy, spreadPolicy } from '../policy.ts';
import { reasons } from '../reason.ts';
import type { MachineRequest } from '../request/machine-request.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { exampleHost, exampleRequest, exampleSnapshot, HOSTNAME, ZONE } from '../testing/examples.ts';
import { questionOf } from './question.ts';
import { rankingsOf } from './rankings.ts';
import { scan } from './scan.ts';

const RACK = 'rack';

/** More hosts than are simply all asked, of several kinds. */
function hosts(count: number) {
  return Array.from({ length: count }, (_, i) =>
    exampleHost(`h${i}`, {
      labels: {
        [HOSTNAME]: `h${i}`,
        disk: i % 2 ? 'ssd' : 'hdd',
        ...(i % 11 && { [ZONE]: `z${i % 3}` }),
        [RACK]: `r${i % 7}`,
      },
      taints: i % 5 === 0 ? [{ key: 'soft', effect: 'PreferNoSchedule' as const }] : [],
      schedulable: i % 13 !== 0,
      capacity: { cpu: 1000 + 500 * (i % 3), memory: 2000, pods: 6 },
    }),
  );
}

const term = (app: string, topologyKey: string) => ({ labelSelector: { matchLabels: { app } }, topologyKey });

const apps = fc.constantFrom('a', 'b', 'c');
const keys = fc.constantFrom(ZONE, RACK, HOSTNAME);
const terms = fc.array(fc.tuple(apps, keys), { maxLength: 1 });

/** Requests of many kinds, of which some come again and again. */
const requests = fc.array(
  fc.record({
    app: apps,
    cpu: fc.constantFrom(100, 250, 300),
    near: terms,
    far: terms,
    like: terms,
    dislike: terms,
    spread: fc.array(fc.tuple(keys, fc.integer({ min: 1, max: 2 }), fc.boolean()), { maxLength: 1 }),
    ssd: fc.boolean(),
  }),
  { minLength: 20, maxLength: 60 },
);
type Wanted = typeof requests extends fc.Arbitrary<readonly (infer Each)[]> ? Each : never;

function requestOf(uid: string, { app, cpu, near, far, like, dislike, spread, ssd }: Wanted): MachineRequest {
  const required = (list: Wanted['near']) => list.map(([of, key]) => term(of, key));
  const preferred = (list: Wanted['near']) => list.map(([of, key]) => ({ weight: 10, podAffinityTerm: term(of, key) }));
  return exampleRequest(uid, {
    labels: { app },
    amounts: { cpu, memory: 100, pods: 1 },
    nodeSelector: ssd ? { disk: 'ssd' } : undefined,
    affinity: {
      podAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: required(near),
        preferredDuringSchedulingIgnoredDuringExecution: preferred(like),
      },
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: required(far),
        preferredDuringSchedulingIgnoredDuringExecution: preferred(dislike),
      },
    },
    spread: spread.map(([topologyKey, maxSkew, hard]) => ({
      ...term(app, topologyKey),
      maxSkew,
      whenUnsatisfiable: hard ? 'DoNotSchedule' : 'ScheduleAnyway',
    })),
  });
}

/** Places the request if it can, after both ways of looking have come to the same. */
function askBoth(snapshot: Snapshot, request: MachineRequest, policy: Policy, start: number): void {
  const question = questionOf(snapshot, request, policy);
  const scanned = scan(question, start);
  const survey = rankingsOf(snapshot).survey(question, start);
  if (!survey.atLeast) assert.deepEqual(survey, scanned);
  // From a rounded question not the very best must come, but a host that will do whenever there is one.
  assert.equal(survey.best.length > 0, scanned.best.length > 0);
  const host = snapshot.hosts[survey.best[0]?.row ?? -1];
  if (host) snapshot.put(request, host.name);
}

test('what is remembered is what asking everybody says, whatever comes and goes', () => {
  fc.assert(
    fc.property(requests, fc.constantFrom(spreadPolicy, packPolicy), fc.integer(), (wanted, policy, seed) => {
      const random = new SeededRandom(seed);
      const snapshot = exampleSnapshot(hosts(80));
      for (const [index, each] of [...wanted, ...wanted, ...wanted].entries()) {
        askBoth(snapshot, requestOf(`m${index}`, each), policy, random.integer(80));
        if (random.integer(5) === 0) snapshot.remove(`m${random.integer(index + 1)}`);
        if (random.integer(40) === 0) snapshot.removeHost(`h${random.integer(80)}`);
        if (random.integer(40) === 0)
          snapshot.setHost(exampleHost(`h${random.integer(80)}`, { ready: random.integer(2) > 0 }));
      }
    }),
    { numRuns: 40 },
  );
});

test('namespaces that change their labels change who is meant', () => {
  const snapshot = exampleSnapshot(hosts(80));
  const podAntiAffinity = {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { topologyKey: HOSTNAME, labelSelector: {}, namespaceSelector: { matchLabels: { team: 'x' } } },
    ],
  };
  const guard = exampleRequest('guard', { amounts: { cpu: 1 }, affinity: { podAntiAffinity } });
  snapshot.put(guard, 'h1');
  const question = () => questionOf(snapshot, exampleRequest('new', { amounts: { cpu: 1 } }), spreadPolicy);
  const keptAway = () => {
    // Asked often enough to be remembered.
    for (let times = 0; times < 3; times++) rankingsOf(snapshot).survey(question(), 0);
    const survey = rankingsOf(snapshot).survey(question(), 0);
    assert.deepEqual(survey, scan(question(), 0));
    return survey.counts[reasons.isKeptAway];
  };
  assert.equal(keptAway(), 0);
  snapshot.setNamespace('default', { team: 'x' });
  assert.ok((keptAway() ?? 0) > 0);
  snapshot.setNamespace('default', undefined);
  assert.equal(keptAway(), 0);
});
