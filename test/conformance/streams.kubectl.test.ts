import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { withEveryKubectl } from './support/every-kubectl.ts';

const binding = { apiVersion: 'v1', kind: 'Binding', target: { kind: 'Node', name: 'here' } };

withEveryKubectl('streams', {
  async 'a running pod on a host'(session, api) {
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'here' } };
    await session.run(['create', '-f', '-'], JSON.stringify(node));
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { containers: [{ name: 'main', image: 'x', stdin: true }] },
    };
    await session.ok(['create', '-f', '-'], JSON.stringify(pod));
    const path = `/api/v1/namespaces/${session.namespace}/pods/p/binding`;
    await session.ok(['create', '--raw', path, '-f', '-'], JSON.stringify({ ...binding, metadata: { name: 'p' } }));
    const status = {
      phase: 'Running',
      containerStatuses: [
        { name: 'main', ready: true, restartCount: 0, image: 'x', imageID: 'x', state: { running: {} } },
      ],
    };
    await session.ok(['patch', 'pod', 'p', '--subresource=status', '-p', JSON.stringify({ status })]);
    api.machines.logs.set('p', ['first', 'second', 'third']);
  },

  async 'exec gives output, errors and the exit code'(session) {
    const result = await session.run(['exec', 'p', '--', 'sh', '-c', 'echo out; echo err >&2; exit 3']);
    assert.deepEqual([result.status, result.stdout], [3, 'out\n']);
    assert.match(result.stderr, /^err\ncommand terminated with exit code 3/);
    assert.equal(await session.ok(['exec', '-i', 'p', '--', 'cat'], 'typed in'), 'typed in');
    assert.match(await session.refused(['exec', 'p', '--', 'no-such-program']), /no-such-program/);
    assert.match(await session.refused(['exec', 'nobody', '--', 'ls']), /NotFound|not found/);
  },

  async 'exec -t has a terminal that follows the size of the window'(session, api) {
    // It stays until its size has come: that is told beside what the program says.
    const seen = join(api.folder, `${session.namespace}-seen`);
    const inside = `test -t 0 && echo a terminal; until [ -e ${seen} ]; do sleep 0.1; done`;
    const line = `stty cols 101 rows 33; ${session.kubectl.path} -n ${session.namespace} exec -it p -- sh -c '${inside}'`;
    const { runProgram } = await import('../support/kubectl.ts');
    const environment = { KUBECONFIG: api.kubeconfig, HOME: api.folder };
    let isOver = false;
    const running = runProgram('script', ['-qec', line, '/dev/null'], { env: environment }).finally(() => {
      isOver = true;
    });
    while (!isOver && !api.machines.sizes.includes('101x33')) await api.world.clock.sleep(20);
    writeFileSync(seen, '');
    assert.match((await running).stdout, /a terminal/);
    assert.ok(api.machines.sizes.includes('101x33'), api.machines.sizes.join());
    api.machines.sizes.length = 0;
  },

  async attach(session) {
    assert.match(await session.ok(['attach', '-i', 'p'], 'to the process'), /to the process/);
  },

  async 'cp, there and back'(session, api) {
    const folder = join(api.folder, session.namespace);
    mkdirSync(folder);
    const bytes = randomBytes(3_000_000);
    writeFileSync(join(folder, 'there'), bytes);
    await session.ok(['cp', join(folder, 'there'), `p:${join(folder, 'copied')}`]);
    assert.ok(readFileSync(join(folder, 'copied')).equals(bytes));
    await session.ok(['cp', `p:${join(folder, 'copied')}`, join(folder, 'back')]);
    assert.ok(readFileSync(join(folder, 'back')).equals(bytes));
  },

  async 'logs, the last of them, and as they come'(session, api) {
    assert.equal(await session.ok(['logs', 'p']), 'first\nsecond\nthird\n');
    assert.equal(await session.ok(['logs', 'p', '--tail=1']), 'third\n');
    const following = session.start(['logs', '-f', 'p', '--tail=1']);
    await following.printed(/third/);
    api.machines.logs.get('p')?.push('a late one');
    await following.printed(/a late one/);
    await following.stop();
    assert.match(await session.refused(['logs', 'nobody']), /NotFound/);
  },

  async 'port-forward carries many connections, large answers, and refusals'(session) {
    const body = randomBytes(2_000_000);
    const server = createServer((_, response) => response.end(body)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const forward = session.start(['port-forward', 'pod/p', `:${port}`]);
    const [, local = ''] = await forward.printed(/127\.0\.0\.1:(\d+)/);
    const answers = await Promise.all(Array.from({ length: 10 }, () => download(Number(local))));
    for (const answer of answers) assert.ok(answer.equals(body));
    server.close();
    await forward.stop();
    const nowhere = session.start(['port-forward', 'pod/p', ':1']);
    const [, dead = ''] = await nowhere.printed(/127\.0\.0\.1:(\d+)/);
    await assert.rejects(download(Number(dead)));
    await nowhere.printed(/error occurred forwarding/);
    await nowhere.stop();
  },

  async 'older clients speak SPDY, and get the same'(session) {
    const spdy = { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false', KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' };
    const result = await session.run(['exec', '-i', 'p', '--', 'sh', '-c', 'cat; echo err >&2; exit 5'], 'in', spdy);
    assert.deepEqual([result.status, result.stdout], [5, 'in']);
    assert.match(result.stderr, /^err\ncommand terminated with exit code 5/);
    assert.match((await session.run(['exec', 'nobody', '--', 'ls'], '', spdy)).stderr, /NotFound|not found/);
    const server = createServer((_, response) => response.end('over SPDY')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const forward = session.start(['port-forward', 'pod/p', `:${port}`], 'ignore', spdy);
    const [, local = ''] = await forward.printed(/127\.0\.0\.1:(\d+)/);
    assert.equal(String(await download(Number(local))), 'over SPDY');
    server.close();
    await forward.stop();
  },

  async 'streams need their own right'(session, api) {
    const limited = session.as(await api.writeKubeconfig(`looker-${session.namespace}`, ['lookers']));
    await session.ok(['create', 'role', 'looker', '--verb=get,list', '--resource=pods']);
    await session.ok(['create', 'rolebinding', 'looker', '--role=looker', '--group=lookers']);
    assert.match(await limited.ok(['get', 'pod', 'p']), /Running/);
    assert.match(await limited.refused(['exec', 'p', '--', 'id']), /[Ff]orbidden/);
    assert.match(await limited.refused(['port-forward', 'p', ':80']), /[Ff]orbidden/);
    assert.match(await limited.refused(['logs', 'p']), /Forbidden.*pods\/log/);
  },
});

function download(port: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, agent: false, timeout: 60_000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks)));
      response.on('error', reject);
    });
    asking.on('timeout', () => asking.destroy(new Error('no answer in time')));
    asking.on('error', reject);
    asking.end();
  });
}
