/** A Deployment's life: made, looked at, changed, stopped half-way, undone. */
import assert from 'node:assert/strict';
import { waitFor } from '../../support/godwit.ts';
import type { Step } from './step.ts';

interface Deployment {
  readonly metadata: { readonly generation: number };
  readonly spec: {
    readonly replicas: number;
    readonly paused?: boolean;
    readonly template: {
      readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
      readonly spec: {
        readonly containers: readonly [
          { readonly image: string; readonly env?: readonly { readonly name: string; readonly value: string }[] },
        ];
      };
    };
  };
}

const TARGET = 'deployment/web';

export const rollouts: Readonly<Record<string, Step>> = {
  async 'a deployment rolls out, and is exposed'(session) {
    await session.ok(['create', 'deployment', 'web', '--image=myapp:latest', '--replicas=2', '--port=8080']);
    const status = await session.ok(['rollout', 'status', TARGET, '--timeout=180s']);
    assert.match(status, /deployment "web" successfully rolled out/);
    assert.equal(await session.ok(['expose', TARGET, '--port=80', '--target-port=8080']), 'service/web exposed\n');
    // Not by `wait`: it refuses to wait for what is not there yet.
    const addresses = ['get', 'endpoints', 'web', '--ignore-not-found', '-o', 'jsonpath={.subsets[0].addresses[*].ip}'];
    await waitFor('two endpoints', async () => (await session.ok(addresses)).split(' ').length === 2);
    const slices = ['get', 'endpointslices', '-l', 'kubernetes.io/service-name=web'];
    await waitFor('a slice', async () => /IPv4 +8080 +10\./.test(await session.ok(slices)));
    const all = await session.ok(['get', 'all']);
    assert.match(
      all,
      /pod\/web-\w+-\w+ +1\/1 +Running[^]*service\/web [^]*deployment.apps\/web +2\/2 [^]*replicaset.apps\/web-/,
    );
  },

  async scale(session) {
    assert.equal(await session.ok(['scale', TARGET, '--replicas=3']), 'deployment.apps/web scaled\n');
    await session.ok(['wait', TARGET, '--for=jsonpath={.status.readyReplicas}=3', '--timeout=180s']);
    assert.match(
      await session.refused(['scale', TARGET, '--current-replicas=2', '--replicas=1']),
      /expected replicas/i,
    );
    await session.ok(['scale', TARGET, '--replicas=1']);
    await session.ok(['wait', TARGET, '--for=jsonpath={.status.replicas}=1', '--timeout=180s']);
  },

  async 'set image and env while paused, then resume: one new revision'(session) {
    assert.match(await session.ok(['rollout', 'pause', TARGET]), /web paused/);
    assert.match(await session.ok(['set', 'env', TARGET, 'COLOUR=blue']), /env updated/);
    assert.match(await session.ok(['set', 'image', TARGET, 'myapp=localhost/myapp:latest']), /image updated/);
    assert.match(await session.ok(['set', 'env', TARGET, '--list']), /COLOUR=blue/);
    assert.match(await session.refused(['rollout', 'restart', TARGET]), /can't restart paused deployment/);
    assert.doesNotMatch(await session.ok(['rollout', 'history', TARGET]), /^2 /m);
    assert.match(await session.ok(['rollout', 'resume', TARGET]), /web resumed/);
    await session.ok(['rollout', 'status', TARGET, '--timeout=180s']);
    assert.match(await session.ok(['rollout', 'history', TARGET]), /^REVISION +CHANGE-CAUSE\n1 .*\n2 /m);
    assert.match(await session.ok(['rollout', 'history', TARGET, '--revision=2']), /COLOUR:\s+blue/);
    const [container] = (await session.json<Deployment>(['get', TARGET])).spec.template.spec.containers;
    assert.deepEqual([container.image, container.env], ['localhost/myapp:latest', [{ name: 'COLOUR', value: 'blue' }]]);
  },

  async 'undo and restart'(session) {
    assert.match(await session.ok(['rollout', 'undo', TARGET]), /web rolled back/);
    await session.ok(['rollout', 'status', TARGET, '--timeout=180s']);
    const [container] = (await session.json<Deployment>(['get', TARGET])).spec.template.spec.containers;
    assert.deepEqual([container.image, container.env], ['myapp:latest', undefined]);
    assert.match(await session.ok(['rollout', 'history', TARGET]), /^2 .*\n3 /m);
    assert.match(await session.refused(['rollout', 'undo', TARGET, '--to-revision=99']), /revision 99/);
    assert.match(await session.ok(['rollout', 'restart', TARGET]), /web restarted/);
    const watching = await session.ok(['rollout', 'status', TARGET, '--timeout=180s']);
    assert.match(watching, /successfully rolled out/);
    const { annotations } = (await session.json<Deployment>(['get', TARGET])).spec.template.metadata;
    assert.ok(annotations?.['kubectl.kubernetes.io/restartedAt']);
  },

  async 'a rollout that cannot succeed says so'(session) {
    await session.ok(['set', 'image', TARGET, 'myapp=localhost/no-such-image:1']);
    const stuck = await session.refused(['rollout', 'status', TARGET, '--timeout=3s']);
    assert.match(stuck, /timed out waiting/);
    await waitFor('a reason', async () =>
      /web-\S+ +0\/1 +(ErrImagePull|ImagePullBackOff) /.test(await session.ok(['get', 'pods'])),
    );
    await session.ok(['rollout', 'undo', TARGET]);
    await session.ok(['rollout', 'status', TARGET, '--timeout=180s']);
  },
};
