import assert from 'node:assert/strict';
import { withEveryKubectl } from './support/every-kubectl.ts';

interface Autoscaler {
  readonly apiVersion: string;
  readonly spec: {
    readonly minReplicas: number;
    readonly maxReplicas: number;
    readonly metrics: readonly { readonly resource: { readonly target: { readonly averageUtilization: number } } }[];
  };
}

const policy = (maxReplicas: number) => `apiVersion: godwit.dev/v1alpha1
kind: ElasticPolicy
metadata: {name: shop}
spec:
  targetRef: {apiVersion: apps/v1, kind: Deployment, name: shop}
  out: {minReplicas: 2, maxReplicas: ${maxReplicas}}
  metrics:
  - {name: requests, type: requests, service: shop, predictive: {value: "100"}}
`;

withEveryKubectl('scaling', {
  async 'autoscale, get and describe'(session) {
    await session.ok(['create', 'deployment', 'shop', '--image=shop:1']);
    await session.ok(['autoscale', 'deployment', 'shop', '--min=2', '--max=5', '--cpu-percent=60']);
    const made = await session.json<Autoscaler>(['get', 'hpa', 'shop']);
    assert.deepEqual([made.apiVersion, made.spec.minReplicas, made.spec.maxReplicas], ['autoscaling/v2', 2, 5]);
    assert.equal(made.spec.metrics[0]?.resource.target.averageUtilization, 60);
    assert.match(
      await session.ok(['get', 'hpa']),
      /^NAME +REFERENCE +TARGETS +MINPODS +MAXPODS +REPLICAS +AGE\nshop +Deployment\/shop +cpu: <unknown>\/60% +2 +5 +0 /,
    );
    const described = await session.ok(['describe', 'hpa', 'shop']);
    assert.match(described, /Reference: +Deployment\/shop/);
    assert.match(described, /resource cpu on pods +\(as a percentage of request\): +<unknown> \/ 60%/);
    await session.ok(['patch', 'hpa', 'shop', '-p', '{"spec":{"maxReplicas":9}}']);
    assert.match(await session.refused(['patch', 'hpa', 'shop', '-p', '{"spec":{"maxReplicas":1}}']), /maxReplicas/);
    await session.ok(['delete', 'hpa', 'shop']);
  },

  async 'the older form of autoscalers'(session) {
    const older = (percentage: number) => `apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
metadata: {name: older}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: shop}
  minReplicas: 2
  maxReplicas: 5
  targetCPUUtilizationPercentage: ${percentage}
`;
    const hpa = 'horizontalpodautoscalers.v1.autoscaling';
    await session.ok(['apply', '-f', '-'], older(60));
    await session.ok(['apply', '-f', '-'], older(70));
    await session.ok(['apply', '--server-side', '--force-conflicts', '-f', '-'], older(75));
    const path = ['-o', 'jsonpath={.apiVersion} {.spec.targetCPUUtilizationPercentage}'];
    assert.equal(await session.ok(['get', hpa, 'older', ...path]), 'autoscaling/v1 75');
    const made = await session.json<Autoscaler>(['get', 'hpa', 'older']);
    assert.deepEqual(
      [made.apiVersion, made.spec.metrics[0]?.resource.target.averageUtilization],
      ['autoscaling/v2', 75],
    );
    assert.match(await session.ok(['get', hpa]), /^NAME +REFERENCE +MAXPODS[^\n]*\nolder +Deployment\/shop +5/);
    await session.ok(['delete', hpa, '--all']);
    assert.match(await session.refused(['get', 'hpa', 'older']), /NotFound/);
  },

  async 'elastic policies'(session) {
    await session.ok(['apply', '-f', '-'], policy(8));
    assert.match(
      await session.ok(['get', 'elastic']),
      /^NAME +TARGET +METRICS +OUT +REPLICAS +SIZE +AGE\nshop +Deployment\/shop +requests: <unknown>\/100 +2-8 +0 /,
    );
    assert.match(await session.refused(['apply', '-f', '-'], policy(1)), /spec\.out\.maxReplicas.*greater than/s);
    assert.match(await session.ok(['explain', 'elasticpolicy.spec.out']), /maxReplicas/);
    await session.ok(['delete', 'elasticpolicy', 'shop']);
  },
});
