/** Looking at what is there: get in every form, describe, watch, events. */
import assert from 'node:assert/strict';
import { waitFor } from '../../support/godwit.ts';
import { type Step, shellPod } from './step.ts';

interface List {
  readonly kind: string;
  readonly items: readonly { readonly metadata: { readonly name: string } }[];
}

export const reading: Readonly<Record<string, Step>> = {
  async 'get in every output form'(session, { node }) {
    const get = (...args: string[]) => session.ok(['get', 'pods', ...args]);
    assert.match(await get(), /^NAME +READY +STATUS +RESTARTS +AGE\n[^]*^shell +1\/1 +Running +0 +\d+[sm]/m);
    assert.match(await get('shell', '-o', 'wide'), new RegExp(`shell .* 10\\.\\d+\\.\\d+\\.\\d+ +${node} `));
    assert.match(await get('shell', '-o', 'yaml'), /^apiVersion: v1\nkind: Pod\nmetadata:[^]*\n {2}phase: Running\n/);
    const list = await session.json<List>(['get', 'pods', '-l', 'app in (shell,pair)']);
    assert.deepEqual(
      list.items.map(({ metadata }) => metadata.name),
      ['pair', 'shell'],
    );
    assert.equal(await get('shell', '-o', 'name'), 'pod/shell\n');
    assert.equal(await get('shell', '-o', 'jsonpath={.spec.nodeName}'), node);
    assert.match(await get('-o', 'jsonpath-as-json={.items[*].metadata.name}'), /^\[\n[^]*"shell"/);
    assert.match(
      await get('shell', '-o', 'custom-columns=N:.metadata.name,P:.status.phase'),
      /^N +P\nshell +Running\n$/,
    );
    assert.equal(await get('shell', '-o', 'go-template={{.metadata.name}}'), 'shell');
    assert.match(await get('--show-labels'), /app=shell/);
    assert.match(await get('-L', 'app'), /APP\n[^]*shell +\S+ +Running .*shell\n/);
    assert.match(await get('--field-selector', 'status.phase=Running', '--no-headers'), /^shell /m);
    assert.match(await get('--sort-by=.metadata.creationTimestamp', '--chunk-size=2'), /shell/);
    assert.match(await get('-A'), /^NAMESPACE +NAME/);
    assert.match(
      await session.ok(['get', 'vm,vmi,pvc', '-n', 'default']),
      /virtualmachine.kubevirt.io\/tiny [^]*\/tiny [^]*persistentvolumeclaim\/kept +Bound/,
    );
    assert.match(await session.refused(['get', 'pods', 'nobody']), /\(NotFound\): pods "nobody" not found/);
    assert.match(await session.refused(['get', 'pods', '-l', 'app in shell']), /selector|parse|found/i);
  },

  async 'get -w prints changes as they come, and ends when asked to'(session) {
    const watch = session.start(['get', 'configmaps', '-w', '-l', 'seen=yes', '--no-headers']);
    await session.ok(['create', 'configmap', 'seen']);
    await session.ok(['label', 'configmap', 'seen', 'seen=yes']);
    await watch.printed(/seen +0 /);
    await session.ok(['delete', 'configmap', 'seen']);
    await watch.printed(/seen +0[^]*seen +0 /);
    watch.child.kill('SIGINT');
    await watch.ended;
    const brief = session.start(['get', 'pods', '-w', '--output-watch-events', '--request-timeout=6s']);
    await brief.printed(/ADDED +shell/);
    assert.equal(await brief.ended, 0, brief.output);
  },

  async 'describe pod, deployment, replica set, service, node, machines, claim, secret'(session, { node }) {
    const describe = (...args: string[]) => session.ok(['describe', ...args]);
    const pod = await describe('pod', 'crashing');
    assert.match(pod, /Name: +crashing\n[^]*Last State: +Terminated\n +Reason: +Error\n +Exit Code: +3\n/);
    // What happened in one second has no order.
    for (const reason of ['Scheduled', 'Started']) assert.match(pod, new RegExp(`Events:[^]*Normal +${reason} `));
    const deployment = await describe('deployment', 'web');
    assert.match(
      deployment,
      /StrategyType: +RollingUpdate[^]*Available +True[^]*NewReplicaSet: +web-[^]*ScalingReplicaSet/,
    );
    assert.match(await describe('replicaset', '-l', 'app=web'), /Controlled By: +Deployment\/web/);
    assert.match(await describe('service', 'web'), /Type: +ClusterIP\n[^]*Endpoints: +10\.\S+:8080\n/);
    const host = await describe('node', node);
    assert.match(
      host,
      /Roles: +control-plane\n[^]*Ready +True[^]*Capacity:[^]*Non-terminated Pods:[^]*shell[^]*Allocated resources:/,
    );
    assert.match(
      await describe('vm', 'tiny', '-n', 'default'),
      /Kind: +VirtualMachine\n[^]*Printable Status: +Running/,
    );
    assert.match(await describe('vmi', 'tiny', '-n', 'default'), /Kind: +VirtualMachineInstance\n[^]*Phase: +Running/);
    assert.match(await describe('pvc', 'kept', '-n', 'default'), /Status: +Bound\n[^]*Used By: +keeper\n/);
    assert.match(await describe('pv'), /Claim: +default\/kept/);
    assert.match(await describe('secret', 'hidden'), /password: +1 bytes/);
    assert.match(await describe('quota', 'bounds'), /configmaps +\d+ +50\npods +\d+ +40/);
    assert.match(await describe('networks', 'default'), /Load Balancer Range: +10\./);
    for (const kind of ['namespace', 'serviceaccount', 'role', 'rolebinding', 'endpoints', 'poddisruptionbudget']) {
      assert.match(await describe(kind), /Name: /, kind);
    }
  },

  async events(session, { shellImage }) {
    assert.match(
      await session.ok(['get', 'events']),
      /^LAST SEEN +TYPE +REASON +OBJECT +MESSAGE\n[^]*Normal +Scheduled +pod\/shell/,
    );
    const crashes = ['--field-selector', 'involvedObject.name=crashing,type=Warning'];
    await waitFor('the crash among the events', async () =>
      /Warning +BackOff +pod\/crashing/.test(await session.ok(['get', 'events', ...crashes])),
    );
    assert.match(await session.ok(['events', '--for', 'pod/shell']), /Started/);
    assert.match(await session.ok(['events', '--types=Warning']), /Warning/);
    const watching = session.start(['events', '--watch']);
    await session.ok(
      ['create', '-f', '-'],
      shellPod('noticed', shellImage, { main: 'exit 0' }, { restartPolicy: 'Never' }),
    );
    await watching.printed(/Scheduled +Pod\/noticed/);
    await watching.stop();
  },
};
