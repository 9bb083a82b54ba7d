import assert from 'node:assert/strict';
import { withEveryKubectl } from './support/every-kubectl.ts';

const pod = (name: string, labels: Record<string, string>) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels },
    spec: { containers: [{ name: 'web', image: 'web:1', ports: [{ containerPort: 80 }] }] },
  });

interface List {
  readonly kind: string;
  readonly items: readonly { readonly kind: string; readonly metadata: { readonly name: string } }[];
}

withEveryKubectl('reading', {
  async 'get in every output form'(session) {
    for (const name of ['a', 'b']) await session.ok(['create', '-f', '-'], pod(name, { app: name, tier: 'front' }));
    assert.match(
      await session.ok(['get', 'pods']),
      /^NAME +READY +STATUS +RESTARTS +AGE\na +0\/1 +Pending +0 +\d+s\nb /,
    );
    assert.match(await session.ok(['get', 'pods', '-o', 'wide']), /^NAME .* IP +NODE /);
    assert.match(await session.ok(['get', 'po', 'a', '-o', 'yaml']), /^apiVersion: v1\nkind: Pod\nmetadata:/);
    const list = await session.json<List>(['get', 'pods']);
    assert.deepEqual(
      [list.kind, list.items.map(({ kind, metadata }) => `${kind} ${metadata.name}`)],
      ['List', ['Pod a', 'Pod b']],
    );
    assert.equal(await session.ok(['get', 'pods', '-o', 'name']), 'pod/a\npod/b\n');
    assert.equal(await session.ok(['get', 'pods', '-o', 'jsonpath={.items[*].metadata.name}']), 'a b');
    const columns = 'custom-columns=N:.metadata.name,I:.spec.containers[0].image';
    assert.match(await session.ok(['get', 'pods', '-o', columns]), /^N +I\na +web:1\nb +web:1\n$/);
    assert.equal(await session.ok(['get', 'pods', '-o', 'go-template={{len .items}}']), '2');
    assert.match(await session.ok(['get', 'pods', '--show-labels']), /app=a,tier=front/);
    assert.match(await session.ok(['get', 'pods', '-L', 'tier']), /TIER\na .*front/);
    assert.match(await session.ok(['get', 'pods', '--sort-by=.metadata.name', '--no-headers']), /^a .*\nb .*\n$/);
    assert.match(await session.ok(['get', 'pods', '-A']), /^NAMESPACE +NAME/);
    assert.match(await session.ok(['get', 'pods,serviceaccounts']), /pod\/a /);
    assert.match(await session.ok(['get', 'all']), /pod\/a /);
    assert.match(await session.ok(['get', 'pods', '--chunk-size=1']), /a .*\nb /);
  },

  async selectors(session) {
    const names = async (...args: string[]) =>
      (await session.ok(['get', 'pods', '-o', 'name', ...args])).trim().split('\n').join(' ');
    assert.equal(await names('-l', 'app=a'), 'pod/a');
    assert.equal(await names('-l', 'app in (a,b),tier!=back'), 'pod/a pod/b');
    assert.equal(await names('-l', '!tier'), '');
    assert.equal(await names('--field-selector', 'metadata.name=b'), 'pod/b');
    assert.equal(await names('--field-selector', 'status.phase!=Pending'), '');
    assert.match(await session.refused(['get', 'pods', '--field-selector', 'spec.nothing=1']), /field/i);
    assert.match(await session.refused(['get', 'pods', '-l', 'app in a']), /selector|parse|found/i);
    assert.match(await session.refused(['get', 'pods', 'nobody']), /\(NotFound\): pods "nobody" not found/);
    assert.match(await session.refused(['get', 'nonsenses']), /the server doesn't have a resource type "nonsenses"/);
  },

  async 'get -w prints changes as they come'(session) {
    for (const args of [
      ['get', 'configmaps', '-w', '--no-headers'],
      ['get', 'configmaps', '-w', '-o', 'name'],
    ]) {
      const watch = session.start([...args, '-l', 'watch=me']);
      await session.ok(['create', 'configmap', 'seen']);
      await session.ok(['label', 'configmap', 'seen', 'watch=me']);
      await watch.printed(/seen/);
      await session.ok(['delete', 'configmap', 'seen']);
      await watch.printed(/seen[^]*seen/);
      await watch.stop();
    }
    const events = session.start(['get', 'configmaps', '--watch-only', '--output-watch-events', '-o', 'json']);
    await session.ok(['create', 'configmap', 'seen']);
    for (let i = 0; !events.output.includes('ADDED') && i < 1_000; i++) {
      await session.ok(['annotate', 'configmap', 'seen', `try=${i}`, '--overwrite']);
    }
    await events.printed(/"type": ?"(ADDED|MODIFIED)"/);
    await events.stop();
    await session.ok(['delete', 'configmap', 'seen']);
  },

  async 'wait for a condition, a value, and an end'(session) {
    await session.ok(['create', '-f', '-'], pod('awaited', {}));
    const ready = session.start(['wait', 'pod/awaited', '--for=condition=Ready', '--timeout=180s']);
    const status = { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } };
    await session.ok(['patch', 'pod', 'awaited', '--subresource=status', '-p', JSON.stringify(status)]);
    await ready.printed(/condition met/);
    await session.ok(['wait', 'pod/awaited', '--for=jsonpath={.status.phase}=Running', '--timeout=180s']);
    const gone = session.start(['wait', 'pod/awaited', '--for=delete', '--timeout=180s']);
    await session.ok(['delete', 'pod', 'awaited', '--grace-period=0', '--force']);
    assert.equal(await gone.ended, 0, gone.output);
  },

  async describe(session) {
    const text = await session.ok(['describe', 'pod', 'a']);
    assert.match(text, /Name: +a\nNamespace: +reading-/);
    assert.match(text, /Image: +web:1/);
    await session.ok(['create', 'deployment', 'told', '--image=web:1']);
    assert.match(await session.ok(['describe', 'deployment', 'told']), /StrategyType: +RollingUpdate/);
    await session.ok(['create', 'service', 'loadbalancer', 'told', '--tcp=80:8080']);
    assert.match(await session.ok(['describe', 'service', 'told']), /Type: +LoadBalancer/);
    for (const kind of ['namespace', 'serviceaccount', 'configmap']) await session.ok(['describe', kind]);
    assert.match(await session.ok(['describe', 'virtualmachines']), /No resources found|^$/);
  },

  async explain(session) {
    assert.match(await session.ok(['explain', 'pods']), /KIND: +Pod\nVERSION: +v1\n/);
    const field = await session.ok(['explain', 'deployment.spec.template.spec.containers']);
    assert.match(field, /GROUP: +apps\n[^]*FIELD: containers <\[\]Container>[^]*image\s+<string>/);
    assert.match(await session.ok(['explain', 'virtualmachine.spec', '--recursive']), /runStrategy/);
    assert.match(await session.refused(['explain', 'pod.spec.nothing']), /field "nothing" does not exist/);
  },

  async 'api-resources and api-versions'(session) {
    const resources = await session.ok(['api-resources']);
    assert.match(resources, /^pods +po +v1 +true +Pod$/m);
    assert.match(resources, /^deployments +deploy +apps\/v1 +true +Deployment$/m);
    assert.match(resources, /^virtualmachines +vm,vms +kubevirt\.io\/v1 +true +VirtualMachine$/m);
    assert.match(
      await session.ok(['api-resources', '--verbs=list', '--namespaced=false', '-o', 'name']),
      /^namespaces$/m,
    );
    const versions = (await session.ok(['api-versions'])).split('\n');
    for (const version of ['v1', 'apps/v1', 'rbac.authorization.k8s.io/v1', 'kubevirt.io/v1'])
      assert.ok(versions.includes(version), version);
  },

  async 'auth: what may I do, who am I, as whom'(session, api) {
    assert.equal(await session.ok(['auth', 'can-i', 'create', 'deployments.apps']), 'yes\n');
    assert.match(await session.ok(['auth', 'can-i', '--list']), /\*\.\*/);
    assert.match(await session.ok(['auth', 'whoami']), /Username +admin[^]*system:masters/);
    const limited = session.as(await api.writeKubeconfig(`anna-${session.namespace}`, ['people']));
    assert.match(await limited.refused(['auth', 'can-i', 'delete', 'pods']), /^$/);
    const forbidden = new RegExp(
      `\\(Forbidden\\): pods is forbidden: User "anna-${session.namespace}" cannot list resource "pods" in API group "" in the namespace "${session.namespace}"`,
    );
    assert.match(await limited.refused(['get', 'pods']), forbidden);
    await session.ok(['create', 'role', 'looks', '--verb=get,list,watch', '--resource=pods']);
    await session.ok(['create', 'rolebinding', 'anna-looks', '--role=looks', '--group=people']);
    assert.match(await limited.ok(['get', 'pods']), /^NAME/);
    assert.match(await limited.refused(['delete', 'pod', 'a']), /Forbidden/);
    assert.equal(await session.ok(['auth', 'can-i', 'list', 'pods', '--as=x', '--as-group=people']), 'yes\n');
    assert.match(await session.refused(['get', 'secrets', '--as=x', '--as-group=people']), /User "x" cannot list/);
    assert.match(await limited.refused(['get', 'pods', '--as=admin']), /cannot impersonate resource "users"/);
  },

  async 'cluster-info and version'(session) {
    assert.match(await session.ok(['cluster-info']), /is running at/);
    const version = await session.run(['version']);
    assert.match(version.stdout, /Server Version: v1\.32\.0\+godwit/);
    if (session.kubectl.version !== '1.30') assert.doesNotMatch(version.stderr, /WARNING/);
    assert.equal(await session.ok(['get', '--raw', '/readyz']), 'ok');
    assert.equal(await session.ok(['get', '--raw', '/livez']), 'ok');
  },
});
