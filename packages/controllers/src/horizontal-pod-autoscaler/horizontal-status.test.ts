import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HorizontalPodAutoscaler } from '@godwit/kinds';
import { type HorizontalAnswer, whyInEnglish } from '@godwit/planner';
import { whyChanged } from './horizontal-status.ts';
import type { ObservedMetric } from './observe-metrics.ts';

const scaler: HorizontalPodAutoscaler = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web' },
  spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 8 },
};
const observed = ['cpu', 'jobs', 'calls'].map((name): ObservedMetric => {
  return { name, metric: { of: 'value', wanted: 1 }, sample: { value: 1 } };
});
const answer: HorizontalAnswer = {
  replicas: 7,
  by: 'metrics',
  proposals: [{ replicas: 7 }],
  decisive: 'cpu',
  recommended: 7,
  stabilized: 'no',
  limited: 'within',
};

const why = (change: Partial<HorizontalAnswer>) => whyInEnglish(whyChanged({ ...answer, ...change }, scaler, observed));

test('why the number changes: the metric that asks for most, beside what the others ask for', () => {
  assert.equal(why({}), 'cpu asks for 7 machines');
  assert.equal(
    why({ proposals: [{ replicas: 2 }, { replicas: 7 }, 'nobody answers'], decisive: 'jobs' }),
    'jobs ask for 7 machines (cpu for 2 machines)',
  );
});

test('what it has instead of what was asked for, and why', () => {
  assert.equal(
    why({ replicas: 4, limited: 'up-rate' }),
    'cpu asks for 7 machines; it gets 4 machines now, since it may not grow any faster',
  );
  assert.equal(
    why({ replicas: 8, recommended: 20, limited: 'maximum' }),
    'cpu asks for 20 machines; it gets 8 machines, since no more is allowed',
  );
  assert.equal(
    why({ replicas: 9, stabilized: 'down-stabilized' }),
    'cpu asks for 7 machines; it keeps 9 machines for now, since more was asked for a short while ago',
  );
});

test('bounds are told as what they are', () => {
  const bounds = { by: 'bounds', proposals: [] } as const;
  assert.equal(why({ ...bounds, replicas: 8, limited: 'maximum' }), 'there were more than maxReplicas (8)');
  assert.equal(why({ ...bounds, replicas: 1, limited: 'minimum' }), 'there were fewer than minReplicas (1)');
});
