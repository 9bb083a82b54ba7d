import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ElasticPolicySpec } from './elastic-policy.ts';
import { validateElasticPolicy } from './elastic-validation.ts';

function faults(more: Partial<ElasticPolicySpec>): readonly string[] {
  const spec: ElasticPolicySpec = {
    targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    out: { minReplicas: 2, maxReplicas: 5 },
    metrics: [{ name: 'cpu', type: 'cpu', target: { value: '60' } }],
    ...more,
  };
  return validateElasticPolicy(spec).map(({ field, message }) => `${field}: ${message}`);
}

const at = (bounds: object) => ({ schedules: [{ name: 's', from: '08:00', until: '09:00', ...bounds }] });

test('a schedule that leaves a bound unsaid agrees with the usual one', () => {
  assert.deepEqual(faults(at({ minReplicas: 5 })), []);
  assert.deepEqual(faults(at({ minReplicas: 6, maxReplicas: 9 })), []);
  assert.match(
    faults(at({ minReplicas: 6 })).join(),
    /^spec.schedules\[0\].minReplicas: .*above `spec.out.maxReplicas` \(5\) unless the schedule sets maxReplicas, too$/,
  );
  assert.match(
    faults(at({ maxReplicas: 1 })).join(),
    /^spec.schedules\[0\].maxReplicas: .*below `spec.out.minReplicas`/,
  );
});

test('what is there without any metric is a number that may be', () => {
  const lost = (replicas: number) => ({ lost: { afterSeconds: 60, replicas } });
  assert.deepEqual(faults(lost(5)), []);
  for (const replicas of [1, 6]) {
    assert.match(faults(lost(replicas)).join(), /^spec.lost.replicas: .*must be between 2 and 5, inclusive$/);
  }
  const { out: _, ...alone } = { out: undefined, up: { cpu: { minimum: '1', maximum: '2' } }, ...lost(1) };
  const spec: ElasticPolicySpec = {
    targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    metrics: [{ name: 'cpu', type: 'cpu', target: { value: '60' } }],
    ...alone,
  };
  assert.match(validateElasticPolicy(spec)[0]?.field ?? '', /^spec.lost$/);
});

test('an address is one, and holds no password', () => {
  const asking = (url: string) =>
    faults({ metrics: [{ name: 'jobs', type: 'prometheus', url, query: 'up', target: { value: '60' } }] }).join();
  assert.equal(asking('http://prometheus:9090'), '');
  assert.match(asking('prometheus:9090'), /^spec\.metrics\[0\]\.url: Invalid value: .*must begin with http/);
  const refused = asking('http://user:secret@prometheus:9090');
  assert.match(refused, /^spec\.metrics\[0\]\.url: Forbidden: must not hold a user or password: .* a Secret$/);
  assert.doesNotMatch(refused, /user:secret/);
});
