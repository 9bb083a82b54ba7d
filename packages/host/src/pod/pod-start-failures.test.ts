import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Pod, Stored } from '@godwit/kinds';
import { hostWith, podOf } from './test-support/simulated-pods.ts';

describe('containers that cannot start', () => {
  test('a missing image is told clearly and tried again', async () => {
    const host = await hostWith({});
    const pod = podOf();
    host.ensure(pod);
    await host.pass(500);
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.state?.waiting?.reason, 'ErrImagePull');
    await host.pass(2_000);
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.state?.waiting?.reason, 'ImagePullBackOff');
    assert.ok(host.reporter.events.some(({ reason, level }) => reason === 'Failed' && level === 'Warning'));
    host.containers.addImage('web');
    await host.pass(10_000);
    assert.equal(host.condition(pod, 'Ready'), 'True');
  });

  test('a pod whose image is missing goes at once when it is deleted', async () => {
    const host = await hostWith({});
    const pod = podOf();
    host.ensure(pod);
    await host.pass(25_000);
    host.delete(pod);
    await host.pass(1_000);
    assert.ok(host.reporter.gone.has(pod.metadata.uid));
  });

  test('other failures to start have their own words', async () => {
    const host = await hostWith({ broken: { broken: true }, web: {} });
    const never = podOf({ containers: [{ name: 'web', image: 'absent', imagePullPolicy: 'Never' }] });
    const badName = podOf({ containers: [{ name: 'web', image: 'UPPER case' }] });
    const missing = podOf({ containers: [{ name: 'web', image: 'web', envFrom: [{ configMapRef: { name: 'x' } }] }] });
    const broken = podOf({ containers: [{ name: 'web', image: 'broken' }], restartPolicy: 'Never' });
    for (const pod of [never, badName, missing, broken]) host.ensure(pod);
    await host.pass(5_000);
    const waiting = (pod: Stored<Pod>) => host.status(pod)?.containerStatuses?.[0]?.state?.waiting;
    assert.equal(waiting(never)?.reason, 'ErrImageNeverPull');
    assert.equal(waiting(badName)?.reason, 'InvalidImageName');
    assert.equal(waiting(missing)?.reason, 'CreateContainerConfigError');
    assert.equal(waiting(missing)?.message, 'configmap "x" not found');
    assert.equal(host.status(broken)?.phase, 'Failed');
    assert.equal(host.status(broken)?.containerStatuses?.[0]?.state?.terminated?.reason, 'StartError');
    host.configuration.configMaps.set('default/x', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } });
    await host.pass(60_000);
    assert.equal(host.condition(missing, 'Ready'), 'True');
  });
});
