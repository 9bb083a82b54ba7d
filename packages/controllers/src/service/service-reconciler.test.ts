import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { event, ipAddress, node, type Service, servedAddressesAnnotation, service } from '@godwit/kinds';
import { SimulatedCloud } from '../test-support/simulated-cloud.ts';
import { ServiceReconciler } from './service-reconciler.ts';

describe('service reconciler', () => {
  test('publishes an address when a node serves it, takes it back when the type changes', async () => {
    const cloud = await SimulatedCloud.start();
    const { client } = cloud.client();
    cloud.run(new ServiceReconciler(client));
    const services = client.resource(service);
    const where = { namespace: 'default', name: 'web' };
    const nodes = client.resource(node);
    const serve = (addresses: readonly string[]) =>
      nodes.modify({ name: 'one' }, (draft) => {
        draft.metadata.annotations = { [servedAddressesAnnotation]: JSON.stringify(addresses) };
      });
    const ingress = async () => (await services.get(where)).status?.loadBalancer?.ingress?.map(({ ip }) => ip);
    const reason = async () => (await services.get(where)).status?.conditions?.[0]?.reason;

    await nodes.create({ metadata: { name: 'one' } });
    await serve([]);
    const spec: Service['spec'] = { type: 'LoadBalancer', clusterIP: '10.80.128.5', ports: [{ port: 80 }] };
    await services.create({ metadata: where, spec });
    await cloud.until('it is said that there is no address', async () => (await reason()) === 'NoAddress');
    const parentRef = { group: '', resource: 'services', ...where };
    await client.resource(ipAddress).create({ metadata: { name: '10.80.192.7' }, spec: { parentRef } });
    await cloud.until('it is said that nobody serves it', async () => (await reason()) === 'NotServed');
    assert.equal(await ingress(), undefined);

    await serve(['10.80.192.7']);
    await cloud.until('the address is published', async () => (await ingress())?.[0] === '10.80.192.7');
    await services.modify(where, (draft) => {
      draft.spec.type = 'ClusterIP';
    });
    await cloud.until('the address is taken back', async () => (await ingress()) === undefined);
    assert.deepEqual((await services.get(where)).status?.conditions ?? [], []);
    await cloud.until('both are told', async () => {
      const reasons = (await client.resource(event).list()).items.map((each) => each.reason ?? '').sort();
      return reasons.join() === 'DeletedLoadBalancer,EnsuredLoadBalancer';
    });
    await cloud.close();
  });
});
