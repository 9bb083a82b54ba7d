import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BalancePolicy } from '@godwit/kinds';
import { GoverningPolicy, packPolicy, spreadPolicy } from './index.ts';

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
  const some = { ...energy, hostSelector: { matchLabels: { rack: '1' } } };
  const none = policy('c', '2025-01-01T00:00:00Z', {});
  assert.equal(
    governing.of([none, policy('s', '2025-01-01T00:00:00Z', some), policy('a', '2026-01-01T00:00:00Z', pack)]),
    packPolicy,
  );
  const twins = ['y', 'x'].map((name) => policy(name, '2026-01-01T00:00:00Z', name === 'x' ? pack : energy));
  assert.equal(governing.of(twins), packPolicy);
});

test('what says the same is the same', () => {
  const governing = new GoverningPolicy();
  const made = () => policy('a', '2026-01-01T00:00:00Z', { placement: { strategy: 'pack', overcommit: { cpu: 4 } } });
  const first = governing.of([made()]);
  assert.equal(first.overcommit?.cpu, 4);
  assert.equal(governing.of([made()]), first);
  assert.equal(governing.of([]), spreadPolicy);
});
