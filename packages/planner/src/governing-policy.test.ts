import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '@godwit/base';
import type { BalancePolicy } from '@godwit/kinds';
import {
  explainRefusal,
  GoverningPolicy,
  packPolicy,
  partFor,
  place,
  reasons,
  refusalInEnglish,
  spreadPolicy,
} from './index.ts';
import { exampleHost, exampleRequest, exampleSnapshot } from './testing/examples.ts';

function policy(name: string, created: string, spec: BalancePolicy['spec']): BalancePolicy {
  return {
    apiVersion: 'godwit.dev/v1alpha1',
    kind: 'BalancePolicy',
    metadata: { name, creationTimestamp: created },
    spec,
  };
}

const pack = { placement: { strategy: 'pack' } } as const;
const energy = { placement: { strategy: 'energy' } } as const;

test('the oldest policy for all hosts that speaks of placement counts', () => {
  const governing = new GoverningPolicy();
  assert.equal(governing.of([]), spreadPolicy);
  assert.equal(
    governing.of([policy('b', '2026-01-02T00:00:00Z', energy), policy('a', '2026-01-01T00:00:00Z', pack)]),
    packPolicy,
  );
  const none = policy('c', '2025-01-01T00:00:00Z', {});
  assert.equal(governing.of([none, policy('a', '2026-01-01T00:00:00Z', pack)]), packPolicy);
  const twins = ['y', 'x'].map((name) => policy(name, '2026-01-01T00:00:00Z', name === 'x' ? pack : energy));
  assert.equal(governing.of(twins), packPolicy);
});

test('hosts that a policy selects by label are its own, whatever is said of all; of several the oldest has them', () => {
  const rack = (matchLabels: Record<string, string>, strategy: 'pack' | 'energy') => ({
    hostSelector: { matchLabels },
    placement: { strategy },
  });
  const found = new GoverningPolicy().of([
    policy('all', '2025-01-01T00:00:00Z', { placement: { strategy: 'fragmentation' } }),
    policy('younger', '2026-01-02T00:00:00Z', rack({ rack: '1' }, 'energy')),
    policy('older', '2026-01-01T00:00:00Z', rack({ rack: '1', gpu: 'yes' }, 'pack')),
  ]);
  const strategyOf = (labels: Record<string, string>) => partFor(found, labels).name;
  assert.deepEqual([{}, { rack: '1' }, { rack: '1', gpu: 'yes' }, { gpu: 'yes' }].map(strategyOf), [
    'fragmentation',
    'energy',
    'pack',
    'fragmentation',
  ]);
  const alone = new GoverningPolicy().of([policy('some', '2026-01-02T00:00:00Z', rack({ rack: '1' }, 'energy'))]);
  assert.deepEqual([partFor(alone, {}).name, partFor(alone, { rack: '1' }).name], ['spread', 'energy']);
});

test('each host is judged by its own policy: what may be given out there, and how good it is', () => {
  const snapshot = exampleSnapshot([exampleHost('plain'), exampleHost('twice', { labels: { rack: '1' } })]);
  const twice = { hostSelector: { matchLabels: { rack: '1' } }, placement: { overcommit: { cpu: 2 } } };
  const found = new GoverningPolicy().of([policy('twice', '2026-01-02T00:00:00Z', twice)]);
  const requests = ['a', 'b', 'c'].map((uid) => exampleRequest(uid, { amounts: { cpu: 4000 } }));
  const { placements, refusals } = place(snapshot, requests, found, new SeededRandom(1));
  assert.deepEqual(placements.map(({ host }) => host).toSorted(), ['plain', 'twice', 'twice']);
  assert.equal(refusals.length, 0);
  const fourth = exampleRequest('d', { amounts: { cpu: 4000 } });
  const [refusal] = place(snapshot, [fourth], found, new SeededRandom(1)).refusals;
  assert.deepEqual([refusal?.counts[reasons.lacksCpu], refusal?.counts[reasons.hasOtherPolicy]], [2, 0]);
  assert.match(
    refusalInEnglish(explainRefusal(snapshot, fourth, found)),
    /^0\/2 nodes are available: 2 Insufficient cpu/,
  );
});

test('what says the same is the same', () => {
  const governing = new GoverningPolicy();
  const made = () => policy('a', '2026-01-01T00:00:00Z', { placement: { strategy: 'pack', overcommit: { cpu: 4 } } });
  const first = governing.of([made()]);
  assert.equal(first.overcommit?.cpu, 4);
  assert.equal(governing.of([made()]), first);
  assert.equal(governing.of([]), spreadPolicy);
});
