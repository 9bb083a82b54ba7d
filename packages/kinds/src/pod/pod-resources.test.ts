import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodSpec } from './index.ts';
import { qosClassOf, requestsOfPod } from './pod-resources.ts';

const asking = (name: string, cpu: string, more: object = {}) => ({ name, resources: { requests: { cpu } }, ...more });

test('containers add up, init containers do not, sidecars count beside both', () => {
  const spec: PodSpec = {
    initContainers: [
      asking('first', '2'),
      asking('sidecar', '100m', { restartPolicy: 'Always' }),
      asking('second', '1'),
    ],
    containers: [asking('a', '300m'), asking('b', '400m')],
    overhead: { cpu: '50m' },
  };
  assert.deepEqual(requestsOfPod(spec), { cpu: '2050m' });
  assert.deepEqual(requestsOfPod({ ...spec, initContainers: spec.initContainers?.slice(1) ?? [] }), { cpu: '1150m' });
});

test('limits stand in for requests', () => {
  assert.deepEqual(requestsOfPod({ containers: [{ name: 'a', resources: { limits: { memory: '1Gi' } } }] }), {
    memory: '1Gi',
  });
});

test('the class of service follows from requests and limits', () => {
  const of = (resources: NonNullable<PodSpec['containers'][number]['resources']>) =>
    qosClassOf({ containers: [{ name: 'a', resources }] });
  assert.equal(of({}), 'BestEffort');
  assert.equal(of({ requests: { cpu: '1' } }), 'Burstable');
  assert.equal(of({ limits: { cpu: '1', memory: '1Gi' } }), 'Guaranteed');
  assert.equal(of({ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } }), 'Burstable');
});
