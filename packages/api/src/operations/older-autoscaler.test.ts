import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StatusFailure } from '@godwit/kinds';
import { configMap, configMaps, openDoor } from './testing/open-door.ts';

const at = (version: string, name?: string) => ({
  group: 'autoscaling',
  version,
  plural: 'horizontalpodautoscalers',
  namespace: 'default',
  ...(name && { name }),
});

const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };

function scaler(name: string, targetCPUUtilizationPercentage: number): object {
  const spec = { scaleTargetRef, maxReplicas: 5, targetCPUUtilizationPercentage };
  return { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler', metadata: { name }, spec };
}

interface Seen {
  readonly apiVersion: string;
  readonly metadata: { readonly resourceVersion?: string };
  readonly spec: {
    readonly maxReplicas: number;
    readonly targetCPUUtilizationPercentage?: number;
    readonly metrics?: readonly { readonly type: string }[];
    readonly behavior?: object;
  };
}

test('an autoscaler of the older form is listed, watched, changed and deleted in that form', async () => {
  const { door } = await openDoor();
  const stop = new AbortController();
  const events: string[] = [];
  const begun = Promise.withResolvers<void>();
  const watching = (async () => {
    const options = {
      allowWatchBookmarks: true,
      sendInitialEvents: true,
      resourceVersionMatch: 'NotOlderThan' as const,
    };
    for await (const { type, object } of door.watch(at('v1'), options, stop.signal)) {
      const { apiVersion, spec } = object as unknown as Partial<Seen>;
      events.push(`${type} ${apiVersion} ${spec?.targetCPUUtilizationPercentage ?? ''}`.trim());
      if (type === 'BOOKMARK') begun.resolve();
      if (type === 'DELETED') break;
    }
  })();
  await begun.promise;
  await door.create(at('v1'), scaler('web', 60));
  const { items } = await door.list(at('v1'));
  const [listed] = items as unknown as Seen[];
  assert.deepEqual([listed?.apiVersion, listed?.spec.targetCPUUtilizationPercentage], ['autoscaling/v1', 60]);
  const patch = { type: 'strategic', body: { spec: { targetCPUUtilizationPercentage: 70, maxReplicas: 9 } } } as const;
  const patched = (await door.patch(at('v1', 'web'), patch)) as unknown as Seen;
  assert.deepEqual([patched.spec.targetCPUUtilizationPercentage, patched.spec.maxReplicas], [70, 9]);
  const stored = (await door.get(at('v2', 'web'))) as unknown as Seen;
  assert.deepEqual([stored.apiVersion, stored.spec.maxReplicas], ['autoscaling/v2', 9]);
  await door.delete(at('v1', 'web'));
  await watching;
  assert.deepEqual(events, [
    'BOOKMARK autoscaling/v1',
    'ADDED autoscaling/v1 60',
    'MODIFIED autoscaling/v1 70',
    'DELETED autoscaling/v1 70',
  ]);
});

test('what the older form cannot say stays when it is changed by it', async () => {
  const { door } = await openDoor();
  const pods = {
    type: 'Pods',
    pods: { metric: { name: 'jobs' }, target: { type: 'AverageValue', averageValue: '3' } },
  };
  const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } };
  const behavior = { scaleDown: { stabilizationWindowSeconds: 7 } };
  const spec = { scaleTargetRef, maxReplicas: 5, metrics: [cpu, pods], behavior };
  await door.create(at('v2'), {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web' },
    spec,
  });
  const older = (await door.get(at('v1', 'web'))) as unknown as Seen;
  await door.update(at('v1', 'web'), { ...older, spec: { ...older.spec, maxReplicas: 8 } });
  const stored = (await door.get(at('v2', 'web'))) as unknown as Seen;
  assert.equal(stored.spec.maxReplicas, 8);
  assert.deepEqual(
    stored.spec.metrics?.map(({ type }) => type),
    ['Resource', 'Pods'],
  );
  assert.match(JSON.stringify(stored.spec.behavior), /"stabilizationWindowSeconds":7/);
  const stale = door.update(at('v1', 'web'), { ...older, spec: { ...older.spec, maxReplicas: 2 } });
  await assert.rejects(stale, (error: unknown) => error instanceof StatusFailure && error.reason === 'Conflict');
});

test('the older form is applied, and who says nothing of processors leaves the metrics alone', async () => {
  const { door } = await openDoor();
  const apply = async (spec: object) => {
    const body = { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler', metadata: { name: 'web' }, spec };
    const patch = { type: 'apply', body, force: false } as const;
    return (await door.patch(at('v1', 'web'), patch, { fieldManager: 'ci' })) as unknown as Seen;
  };
  const made = await apply({ scaleTargetRef, maxReplicas: 5, targetCPUUtilizationPercentage: 60 });
  assert.deepEqual([made.apiVersion, made.spec.targetCPUUtilizationPercentage], ['autoscaling/v1', 60]);
  const changed = await apply({ scaleTargetRef, maxReplicas: 7, targetCPUUtilizationPercentage: 60 });
  assert.deepEqual([changed.spec.maxReplicas, changed.spec.targetCPUUtilizationPercentage], [7, 60]);
  const other = { type: 'apply', body: { ...scaler('web', 50), apiVersion: 'autoscaling/v1' }, force: false } as const;
  await assert.rejects(door.patch(at('v1', 'web'), other, { fieldManager: 'somebody' }), /conflict/);
  const released = await apply({ scaleTargetRef, maxReplicas: 7 });
  assert.equal(
    released.spec.targetCPUUtilizationPercentage,
    80,
    'what nobody applies any more falls back to the default',
  );
});

test('a quota counts an object once, whatever forms it has', async () => {
  const { door } = await openDoor();
  const quotas = { group: '', version: 'v1', plural: 'resourcequotas', namespace: 'default' };
  await door.create(at('v1'), scaler('web', 60));
  await door.create(configMaps, configMap('one'));
  const hard = { 'count/horizontalpodautoscalers.autoscaling': '5', 'count/configmaps': '5' };
  await door.create(quotas, { metadata: { name: 'few' }, spec: { hard } });
  await door.create(at('v1'), scaler('shop', 60));
  const { status } = (await door.get({ ...quotas, name: 'few' })) as { status?: { used?: Record<string, string> } };
  assert.equal(status?.used?.['count/horizontalpodautoscalers.autoscaling'], '2');
});

test('the status is written through the older form, too, and keeps what that cannot say', async () => {
  const { door } = await openDoor();
  await door.create(at('v1'), scaler('web', 60));
  const status = (version: string) => ({ ...at(version, 'web'), subresource: 'status' });
  const stored = (await door.get(at('v2', 'web'))) as object;
  const conditions = [{ type: 'AbleToScale', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }];
  const memory = { type: 'Resource', resource: { name: 'memory', current: { averageUtilization: 5 } } };
  const found = { currentReplicas: 1, desiredReplicas: 1, conditions, currentMetrics: [memory] };
  await door.update(status('v2'), { ...stored, status: found });
  const body = { status: { desiredReplicas: 4, currentCPUUtilizationPercentage: 90 }, spec: { maxReplicas: 99 } };
  const patched = (await door.patch(status('v1'), { type: 'merge', body })) as unknown as Seen & {
    readonly status: object;
  };
  assert.deepEqual(patched.status, { currentReplicas: 1, desiredReplicas: 4, currentCPUUtilizationPercentage: 90 });
  assert.equal(patched.spec.maxReplicas, 5);
  const after = (await door.get(at('v2', 'web'))) as unknown as { readonly status: object };
  assert.deepEqual(after.status, {
    ...found,
    desiredReplicas: 4,
    currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 90 } } }, memory],
  });
  await door.patch(at('v1', 'web'), { type: 'merge', body: { spec: { maxReplicas: 7 } } });
  assert.deepEqual(((await door.get(at('v2', 'web'))) as unknown as { readonly status: object }).status, after.status);
});
