/** Who may do what, what there is, and how the cloud is. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubectlSession } from '../../conformance/support/kubectl-session.ts';
import type { Step } from './step.ts';

export const access: Readonly<Record<string, Step>> = {
  async 'auth can-i, whoami, and others by --as'(session, { folder }) {
    assert.equal(await session.ok(['auth', 'can-i', 'create', 'deployments.apps']), 'yes\n');
    assert.match(await session.ok(['auth', 'can-i', '--list']), /\*\.\*/);
    assert.match(await session.ok(['auth', 'whoami']), /Username +admin\n[^]*system:masters/);
    const worker = `--as=system:serviceaccount:${session.namespace}:worker`;
    assert.match(
      await session.ok(['auth', 'whoami', worker]),
      new RegExp(`serviceaccount:${session.namespace}:worker`),
    );
    assert.match(await session.ok(['get', 'configmaps', worker]), /settings +1/);
    const refusal = await session.refused(['get', 'secrets', worker]);
    assert.match(
      refusal,
      /\(Forbidden\): secrets is forbidden: User "system:serviceaccount:.*" cannot list resource "secrets"/,
    );
    const { status, stdout } = await session.run(['auth', 'can-i', 'delete', 'configmaps', worker]);
    assert.deepEqual([status, stdout], [1, 'no\n']);
    const token = (await session.ok(['create', 'token', 'worker'])).trim();
    const asWorker = session.as(await kubeconfigWith(session, folder, token));
    assert.equal(await asWorker.ok(['auth', 'can-i', 'list', 'configmaps']), 'yes\n');
    assert.match(await asWorker.refused(['get', 'secrets']), /Forbidden/);
  },

  async 'explain, api-resources, api-versions'(session) {
    assert.match(await session.ok(['explain', 'pods']), /KIND: +Pod\nVERSION: +v1\n/);
    assert.match(await session.ok(['explain', 'pod.spec.containers']), /FIELD: containers <\[\]Container>/);
    assert.match(await session.ok(['explain', 'vm.spec', '--recursive']), /runStrategy[^]*template/);
    assert.match(await session.ok(['explain', 'deploy', '--output=plaintext-openapiv2']), /KIND: +Deployment/);
    assert.match(await session.refused(['explain', 'pod.spec.nothing']), /field "nothing" does not exist/);
    const resources = await session.ok(['api-resources']);
    assert.match(resources, /^deployments +deploy +apps\/v1 +true +Deployment$/m);
    assert.match(resources, /^virtualmachineinstances +vmi,vmis +kubevirt\.io\/v1 +true +VirtualMachineInstance$/m);
    assert.match(await session.ok(['api-resources', '--api-group=apps', '-o', 'name']), /^replicasets\.apps$/m);
    const versions = (await session.ok(['api-versions'])).split('\n');
    for (const version of ['v1', 'apps/v1', 'kubevirt.io/v1']) assert.ok(versions.includes(version), version);
  },

  async 'cluster-info, version, raw paths'(session, { node }) {
    assert.match(await session.ok(['cluster-info']), /control plane.* is running at .*https:\/\/127\.0\.0\.1:\d+/);
    assert.match(await session.ok(['version']), /Client Version: v1\.[^]*Server Version: v1\.32\.0\+godwit/);
    assert.equal(await session.ok(['get', '--raw', '/livez']), 'ok');
    assert.match(await session.ok(['get', '--raw', '/readyz?verbose']), /readyz check passed/);
    assert.match(await session.ok(['get', '--raw', '/metrics']), /^# /m);
    assert.match(
      await session.ok(['get', 'nodes']),
      new RegExp(`^NAME +STATUS +ROLES.*\\n${node} +Ready +control-plane `),
    );
    assert.match(
      await session.ok(['get', 'endpoints', 'kubernetes', '-n', 'default']),
      /kubernetes +10\.\d+\.\d+\.\d+:\d+ /,
    );
    const labels = await session.json<{ metadata: { labels: Record<string, string> } }>(['get', 'node', node]);
    assert.equal(labels.metadata.labels['kubernetes.io/hostname'], node);
    assert.equal(labels.metadata.labels['kubernetes.io/os'], 'linux');
    assert.match(labels.metadata.labels['kubernetes.io/arch'] ?? '', /^(amd64|arm64)$/);
  },
};

/** The same cloud, with a token in place of a client certificate; returns the file's path. */
async function kubeconfigWith(session: KubectlSession, folder: string, token: string): Promise<string> {
  const config = await session.json<{ users: [{ name: string }] }>(['config', 'view', '--raw']);
  const users = config.users.map(({ name }) => ({ name, user: { token } }));
  const path = join(folder, `${session.namespace}.kubeconfig`);
  writeFileSync(path, JSON.stringify({ ...config, users }));
  return path;
}
