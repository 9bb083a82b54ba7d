import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInKinds } from '../registry.ts';
import type { ElasticPolicySpec } from './elastic-policy.ts';
import { elasticTargets } from './elastic-targets.ts';
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

test('what is scaled is of a kind that can be, by the name of its group', () => {
  const scaling = (apiVersion: string, kind: string) => faults({ targetRef: { apiVersion, kind, name: 'web' } }).join();
  assert.equal(scaling('apps/v1', 'Deployment'), '');
  assert.equal(scaling('pool.kubevirt.io/v1alpha1', 'VirtualMachinePool'), '');
  assert.match(scaling('apps/v1', 'deployment'), /^spec\.targetRef\.kind: Unsupported value: .*"Deployment"/);
  assert.match(scaling('v1', 'ConfigMap'), /^spec\.targetRef\.kind: Unsupported value/);
  for (const wrong of ['', 'v1', 'apps/banana', 'a/b/c', 'apps/']) {
    assert.match(
      scaling(wrong, 'Deployment'),
      /^spec\.targetRef\.apiVersion: .*must be apps\/v1 for a Deployment$/,
      wrong,
    );
  }
  assert.match(scaling('apps/v1', 'VirtualMachine'), /must be kubevirt\.io\/v1 for a VirtualMachine$/);
});

test('targets are the kinds that have a scale, and single machines', () => {
  const kinds = builtInKinds.filter(({ subresources }) => subresources.scale).map(({ kind }) => kind);
  const out = Object.entries(elasticTargets).filter(([, target]) => 'out' in target);
  assert.deepEqual(out.map(([kind]) => kind).sort(), kinds.sort());
  for (const [kind, { group, version }] of Object.entries(elasticTargets)) {
    assert.ok(
      builtInKinds.some((one) => one.kind === kind && one.group === group && one.version === version),
      kind,
    );
  }
});

test('sizes are such as machines have, and there is one between them', () => {
  const machine = { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachine', name: 'db' };
  const alone = (up: ElasticPolicySpec['up'], targetRef = machine) =>
    validateElasticPolicy({
      targetRef,
      ...(up && { up }),
      metrics: [{ name: 'cpu', type: 'cpu', target: { value: '60' } }],
    })
      .map(({ field, message }) => `${field}: ${message}`)
      .join();
  assert.equal(alone({ cpu: { minimum: '1', maximum: '4', step: '2' } }), '');
  assert.match(alone({ cpu: { minimum: '500m', maximum: '4' } }), /^spec\.up\.cpu\.minimum: .*whole processors$/);
  const web = { apiVersion: 'v1', kind: 'Pod', name: 'web' };
  assert.equal(alone({ cpu: { minimum: '500m', maximum: '4' } }, web), '');
  assert.match(
    alone({ cpu: { minimum: '1n', maximum: '1e9' } }, web),
    /cpu\.minimum: .*between 1m.*cpu\.maximum: .*65536/,
  );
  assert.match(alone({ cpu: { minimum: '3', maximum: '5', step: '6' } }), /^spec\.up\.cpu\.step: .*no multiple of it/);
  assert.match(alone({ cpu: { minimum: '4', maximum: '2' } }), /maximum: .*greater than or equal to `minimum`$/);
  assert.match(alone({ cpu: { minimum: '2', maximum: '2' } }), /^spec\.up: .*nothing can change/);
  assert.match(alone({ memory: { minimum: '1Gi', maximum: '2Gi' } }), /^spec\.metrics\[0\]: .*asks for cpu/);
  assert.match(
    alone({ cpu: { minimum: '1', maximum: '2' } }, { ...machine, kind: 'VirtualMachineInstanceReplicaSet' }),
    /^spec\.up: .*only the number can change$/,
  );
});

test('what is said and could never come of it is refused', () => {
  const cpu = { name: 'cpu', type: 'cpu' } as const;
  const metric = (more: object) => faults({ metrics: [{ ...cpu, target: { value: '60' }, ...more }] }).join();
  assert.match(metric({ sharing: 'shared' }), /^spec\.metrics\[0\]\.sharing: Unsupported value/);
  assert.match(metric({ resource: 'memory' }), /^spec\.metrics\[0\]\.resource: Unsupported value/);
  assert.match(metric({ target: { value: '1e18' } }), /^spec\.metrics\[0\]\.target\.value: .*not above 2⁵³$/);
  const http = { type: 'http', url: 'http://queue' };
  assert.match(metric({ ...http, path: 'jobs..waiting' }), /^spec\.metrics\[0\]\.path: .*such as queue\.jobs/);
  assert.match(metric({ type: 'requests', service: 'My_Web' }), /^spec\.metrics\[0\]\.service: Invalid value/);
  const line = { lower: '20', upper: '90' };
  const linear = (base: number, top: number) =>
    faults({ metrics: [{ ...cpu, linear: { ...line, base, top } }] }).join();
  assert.equal(linear(2, 5), '');
  assert.match(linear(2, 6), /^spec\.metrics\[0\]\.linear\.top: .*never more than 5 units$/);
  assert.match(linear(6, 9), /^spec\.metrics\[0\]\.linear\.base: .*never more than 5 units/);
  assert.match(faults({ prefer: 'up' }).join(), /^spec\.prefer: .*`up` is not said/);
  assert.match(
    faults({ behavior: { scaleDown: { tolerance: '0.2' } } }).join(),
    /^spec\.behavior\.scaleDown\.tolerance: Forbidden/,
  );
});

test('a schedule names days, each once, and lets sleep only what something wakes', () => {
  assert.match(faults(at({ minReplicas: 3, days: [] })).join(), /^spec\.schedules\[0\]\.days: .*must name a day/);
  assert.match(
    faults(at({ minReplicas: 3, days: ['Mon', 'Mon'] })).join(),
    /^spec\.schedules\[0\]\.days\[1\]: Duplicate/,
  );
  assert.match(faults(at({ minReplicas: 0 })).join(), /^spec\.schedules\[0\]\.minReplicas: .*not woken by its own use/);
  assert.deepEqual(faults(at({ minReplicas: 0, maxReplicas: 0 })), []);
});
