import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HorizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts';
import { validateHorizontal } from './horizontal-validation.ts';

type Spec = HorizontalPodAutoscaler['spec'];
type Metric = NonNullable<Spec['metrics']>[number];

const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
const cpu = (averageUtilization: number): Metric => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
});
const queue = (averageValue: string): Metric => ({
  type: 'External',
  external: { metric: { name: 'jobs' }, target: { type: 'AverageValue', averageValue } },
});

/** Fields that are refused. */
const refused = (spec: Partial<Spec>): readonly (string | undefined)[] =>
  validateHorizontal({ scaleTargetRef, maxReplicas: 5, ...spec }).map(({ field }) => field);

test('an autoscaler that can be is taken', () => {
  assert.deepEqual(refused({ minReplicas: 2, metrics: [cpu(60), queue('30')] }), []);
  assert.deepEqual(refused({ minReplicas: 0, metrics: [queue('500m')] }), []);
  assert.deepEqual(refused({ minReplicas: 2_147_483_647, maxReplicas: 2_147_483_647, metrics: [cpu(100_000)] }), []);
});

test('what cannot be is refused, field by field', () => {
  const rules = (given: object): Partial<Spec> => ({ behavior: { scaleDown: given } });
  const policy = { type: 'Pods', value: 1, periodSeconds: 15 } as const;
  const cases: readonly (readonly [Partial<Spec>, string])[] = [
    [{ minReplicas: 6 }, 'spec.maxReplicas'],
    [{ minReplicas: -1 }, 'spec.minReplicas'],
    [{ maxReplicas: 0, minReplicas: 0, metrics: [queue('1')] }, 'spec.maxReplicas'],
    [{ maxReplicas: -3, minReplicas: -4 }, 'spec.minReplicas spec.maxReplicas'],
    [{ minReplicas: 0, metrics: [cpu(50)] }, 'spec.metrics'],
    [{ scaleTargetRef: { kind: '', name: 'a/b' } }, 'spec.scaleTargetRef.kind spec.scaleTargetRef.name'],
    [{ metrics: [cpu(0)] }, 'spec.metrics[0].resource.target.averageUtilization'],
    [{ metrics: [cpu(-20)] }, 'spec.metrics[0].resource.target.averageUtilization'],
    [{ metrics: [queue('-1')] }, 'spec.metrics[0].external.target.averageValue'],
    [{ metrics: [queue('many')] }, 'spec.metrics[0].external.target.averageValue'],
    [{ metrics: [{ ...cpu(5), ...queue('1'), type: 'Resource' }] }, 'spec.metrics[0].external'],
    [{ metrics: [{ type: 'Pods' }] }, 'spec.metrics[0].pods'],
    [rules({ stabilizationWindowSeconds: 3601 }), 'spec.behavior.scaleDown.stabilizationWindowSeconds'],
    [rules({ policies: [] }), 'spec.behavior.scaleDown.policies'],
    [rules({ policies: [{ ...policy, value: 0 }] }), 'spec.behavior.scaleDown.policies[0].value'],
    [rules({ policies: [{ ...policy, periodSeconds: 1801 }] }), 'spec.behavior.scaleDown.policies[0].periodSeconds'],
    [rules({ tolerance: '-0.1' }), 'spec.behavior.scaleDown.tolerance'],
  ];
  for (const [spec, fields] of cases) assert.equal(refused(spec).join(' '), fields, JSON.stringify(spec));
});

test('what a metric is of is named, and chosen by labels that can be', () => {
  const target = { type: 'Value', value: '5' } as const;
  const described = (kind: string, name: string): Metric => ({
    type: 'Object',
    object: { describedObject: { kind, name }, metric: { name: 'jobs' }, target },
  });
  assert.deepEqual(refused({ metrics: [described('Queue', 'mail')] }), []);
  assert.deepEqual(refused({ metrics: [described('', 'a/b')] }), [
    'spec.metrics[0].object.describedObject.kind',
    'spec.metrics[0].object.describedObject.name',
  ]);
  const selector = { matchLabels: { 'no label!': 'x' } };
  assert.deepEqual(
    refused({ metrics: [{ type: 'External', external: { metric: { name: 'jobs', selector }, target } }] }),
    ['spec.metrics[0].external.metric.selector.matchLabels'],
  );
});
