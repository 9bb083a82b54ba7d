import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Draft } from '../machinery/index.ts';
import { type Deployment, deployment, type ReplicaSet, replicaSet } from './index.ts';

const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
const selector = { matchLabels: { app: 'web' } };

function deploymentOf(spec: Partial<Deployment['spec']> = {}): Deployment {
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec: { selector, template, ...spec } };
}

function defaulted(item: Deployment): Deployment {
  const draft = structuredClone(item) as Draft<Deployment>;
  deployment.defaults?.(draft);
  return draft as Deployment;
}

const faults = (spec: Partial<Deployment['spec']>) =>
  (deployment.validate?.(defaulted(deploymentOf(spec)), {}) ?? []).map(({ field, message }) => `${field}: ${message}`);

test('a bare deployment gets what the Kubernetes reference documents; its template stays as it is otherwise', () => {
  const { spec } = defaulted(deploymentOf());
  assert.equal(spec.replicas, 1);
  assert.deepEqual(spec.strategy, { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } });
  assert.equal(spec.revisionHistoryLimit, 10);
  assert.equal(spec.progressDeadlineSeconds, 600);
  assert.equal(spec.template.spec.restartPolicy, 'Always');
  assert.equal(spec.template.spec.tolerations, undefined);
  assert.equal(spec.template.spec.enableServiceLinks, undefined);
});

test('faults are told with their place', () => {
  assert.deepEqual(faults({}), []);
  assert.deepEqual(faults({ selector: { matchLabels: { app: 'other' } } }), [
    'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
  ]);
  assert.match(faults({ selector: {} })[0] ?? '', /^spec.selector: Invalid value: .*empty selector is invalid/);
  assert.deepEqual(faults({ replicas: -1 }), ['spec.replicas: Invalid value: -1: must be greater than or equal to 0']);
  assert.deepEqual(faults({ strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }), [
    'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0',
  ]);
  assert.deepEqual(faults({ strategy: { type: 'Recreate', rollingUpdate: {} } }), [
    "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
  ]);
  assert.deepEqual(faults({ template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } }), [
    'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
  ]);
  assert.deepEqual(faults({ template: { ...template, spec: { containers: [{ name: 'C', image: 'i' }] } } }).length, 1);
});

test('columns count pods', () => {
  const status = { readyReplicas: 2, updatedReplicas: 3, availableReplicas: 1 };
  const cells = deployment.columns
    .slice(0, 3)
    .map((column) => column.value({ ...deploymentOf({ replicas: 3 }), status }, 0));
  assert.deepEqual(cells, ['2/3', 3, 1]);
  const set: ReplicaSet = { ...deploymentOf({ replicas: 3 }), status: { replicas: 2, readyReplicas: 1 } };
  assert.deepEqual(
    replicaSet.columns.slice(0, 3).map((column) => column.value(set, 0)),
    [3, 2, 1],
  );
});
