/** Reaching into machines: run, logs, exec, attach, cp, port-forward. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubectlSession } from '../../conformance/support/kubectl-session.ts';
import { waitFor } from '../../support/godwit.ts';
import { fetchText } from '../../support/http-load.ts';
import { runProgram } from '../../support/kubectl.ts';
import { type Step, shellPod } from './step.ts';

const COUNTING = 'trap "exit 0" TERM; i=0; while true; do echo line $i; i=$((i+1)); sleep 0.2; done';
const ECHOING = 'trap "exit 0" TERM; echo ready; while read line; do echo got $line; done';
const TALKING = 'trap "exit 0" TERM; seq 1 20; while true; do sleep 1; done';
const CRASHING = 'echo about to fail; exit 3';

export const machines: Readonly<Record<string, Step>> = {
  async 'run, and wait for a condition, a value, an end'(session, { shellImage }) {
    const run = ['run', 'shell', `--image=${shellImage}`, '--image-pull-policy=Never', '--labels=app=shell'];
    assert.equal(await session.ok(run), 'pod/shell created\n');
    await session.ok(['create', '-f', '-'], shellPod('pair', shellImage, { count: COUNTING, talk: TALKING }));
    const crashing = shellPod('crashing', shellImage, { main: CRASHING });
    await session.ok(['create', '-f', '-'], crashing);
    const ready = await session.ok(['wait', 'pod/shell', 'pod/pair', '--for=condition=Ready', '--timeout=180s']);
    assert.match(ready, /pod\/shell condition met\npod\/pair condition met/);
    await session.ok(['wait', 'pod/shell', '--for=jsonpath={.status.phase}=Running', '--timeout=180s']);
    const late = await session.refused(['wait', 'pod/shell', '--for=condition=Nonsense', '--timeout=1s']);
    assert.match(late, /timed out waiting for the condition/);
    const once = ['run', 'once', `--image=${shellImage}`, '--image-pull-policy=Never', '--restart=Never'];
    const command = ['--command', '--', 'sh', '-c', 'sleep 1; echo done; exit 0'];
    assert.match(await session.ok([...once, '--rm', '-i', '--quiet', ...command]), /done/);
    await session.ok(['wait', 'pod/once', '--for=delete', '--timeout=180s']);
  },

  async 'logs: all, the last, one container, all of a label, since, as they come'(session) {
    // Who runs has not said all of it yet.
    await waitFor('the first words', async () => (await session.ok(['logs', 'shell'])) !== '');
    await waitFor('the last words', async () => (await session.ok(['logs', 'pair', '-c', 'talk'])).endsWith('20\n'));
    assert.equal(await session.ok(['logs', 'shell']), 'started\n');
    assert.equal(await session.ok(['logs', 'pair', '-c', 'talk', '--tail=2']), '19\n20\n');
    assert.match(await session.ok(['logs', 'pair', '--all-containers', '--prefix']), /\[pod\/pair\/count\] line 0\n/);
    assert.equal(await session.ok(['logs', '-l', 'app=shell']), 'started\n');
    assert.match(
      await session.ok(['logs', 'pair', '-c', 'count', '--timestamps', '--tail=1']),
      /^\d{4}-\d\d-\d\dT\S+Z line \d+\n$/,
    );
    const recent = (await session.ok(['logs', 'pair', '-c', 'count', '--since=2s'])).trim().split('\n').length;
    assert.ok(recent >= 1 && recent <= 15, `${recent} lines within two seconds`);
    assert.match(await session.ok(['logs', 'deployment/web', '--tail=1']), /^.*$/m);
    assert.match(await session.refused(['logs', 'pair', '-c', 'nobody']), /container nobody is not valid for pod pair/);
    const following = session.start(['logs', '-f', 'pair', '-c', 'count', '--tail=1']);
    const [, first = ''] = await following.printed(/line (\d+)\n/);
    await following.printed(new RegExp(`line ${Number(first) + 3}\\n`));
    await following.stop();
  },

  async 'logs --previous after a crash, and the end of a followed log'(session, { shellImage }) {
    const restarts = ['get', 'pod', 'crashing', '-o', 'jsonpath={.status.containerStatuses[0].restartCount}'];
    await waitFor('a restart', async () => Number(await session.ok(restarts)) >= 1);
    assert.equal(await session.ok(['logs', 'crashing', '--previous']), 'about to fail\n');
    assert.match(await session.refused(['logs', 'shell', '--previous']), /previous terminated container .* not found/);
    await waitFor('the crash in the list', async () =>
      /crashing +0\/1 +(CrashLoopBackOff|Error) +[1-9]/.test(await session.ok(['get', 'pod', 'crashing'])),
    );
    const main = 'echo one; until [ -e /tmp/enough ]; do sleep 0.1; done; echo two';
    await session.ok(['create', '-f', '-'], shellPod('brief', shellImage, { main }, { restartPolicy: 'Never' }));
    await session.ok(['wait', 'pod/brief', '--for=condition=Ready', '--timeout=180s']);
    const following = session.start(['logs', '-f', 'brief']);
    await following.printed(/one/);
    await session.ok(['exec', 'brief', '--', 'touch', '/tmp/enough']);
    assert.equal(await following.ended, 0, following.output);
    assert.equal(following.output, 'one\ntwo\n');
    await session.ok(['wait', 'pod/brief', '--for=jsonpath={.status.phase}=Succeeded', '--timeout=180s']);
  },

  async 'exec: output, errors, exit code, input, a terminal'(session, { folder, kubeconfig }) {
    const { status, stdout, stderr } = await session.run([
      'exec',
      'shell',
      '--',
      'sh',
      '-c',
      'echo out; echo err >&2; exit 3',
    ]);
    assert.deepEqual([status, stdout], [3, 'out\n']);
    assert.match(stderr, /^err\ncommand terminated with exit code 3/);
    assert.equal(await session.ok(['exec', '-i', 'shell', '--', 'cat'], 'typed in'), 'typed in');
    const large = randomBytes(400_000).toString('hex');
    assert.equal(await session.ok(['exec', '-i', 'shell', '--', 'cat'], large), large);
    assert.equal(await session.ok(['exec', 'pair', '-c', 'talk', '--', 'hostname']), 'pair\n');
    assert.match(await session.refused(['exec', 'deployment/web', '--', '/nothing']), /nothing/);
    assert.match(await session.refused(['exec', 'nobody', '--', 'ls']), /NotFound/);
    const line = `stty cols 101 rows 33; ${session.kubectl.path} -n ${session.namespace} exec -it shell -- sh -c 'test -t 0 && until stty size | grep "33 101"; do sleep 0.1; done'`;
    const typed = await runProgram('script', ['-qec', line, '/dev/null'], {
      env: { KUBECONFIG: kubeconfig, HOME: folder },
    });
    assert.match(typed.stdout, /33 101/);
  },

  async attach(session, { shellImage }) {
    const spec = JSON.parse(shellPod('listener', shellImage, { main: ECHOING }));
    Object.assign(spec.spec.containers[0], { stdin: true });
    await session.ok(['create', '-f', '-'], JSON.stringify(spec));
    await session.ok(['wait', 'pod/listener', '--for=condition=Ready', '--timeout=180s']);
    const attached = session.start(['attach', '-i', 'listener'], 'pipe');
    attached.child.stdin?.write('hello\n');
    await attached.printed(/got hello/);
    await attached.stop();
    // Whoever is attached may hear it before the log has it.
    await waitFor('the log', async () => /ready\ngot hello\n/.test(await session.ok(['logs', 'listener'])));
    const again = session.start(['attach', '-i', 'listener'], 'pipe');
    again.child.stdin?.write('friend\n');
    await again.printed(/got friend/);
    await again.stop();
    const both = 'ready\ngot hello\ngot friend\n';
    await waitFor('the log', async () => (await session.ok(['logs', 'listener'])) === both);
  },

  async 'cp, there and back, files and folders'(session, { folder }) {
    const bytes = randomBytes(3_000_000);
    const here = join(folder, `${session.namespace}.bin`);
    writeFileSync(here, bytes);
    await session.ok(['cp', here, 'shell:/tmp/there.bin']);
    assert.equal(await session.ok(['exec', 'shell', '--', 'wc', '-c', '/tmp/there.bin']), '3000000 /tmp/there.bin\n');
    await session.ok(['cp', 'shell:/tmp/there.bin', `${here}.back`]);
    assert.ok(readFileSync(`${here}.back`).equals(bytes));
    await session.ok([
      'exec',
      'shell',
      '--',
      'sh',
      '-c',
      'mkdir -p /tmp/many/deep; echo a >/tmp/many/a; echo b >/tmp/many/deep/b',
    ]);
    await session.ok(['cp', 'shell:/tmp/many', join(folder, `${session.namespace}.many`)]);
    assert.equal(readFileSync(join(folder, `${session.namespace}.many/deep/b`), 'utf8'), 'b\n');
  },

  async 'port-forward to a pod, a deployment, a service'(session) {
    const [pod = ''] = (await session.ok(['get', 'pods', '-l', 'app=web', '-o', 'name'])).split('\n');
    for (const [target, port] of [
      [pod, 8080],
      [TARGET, 8080],
      ['service/web', 80],
    ] as const) {
      assert.match(await answersThrough(session, target, port), /web-/);
    }
    const nowhere = session.start(['port-forward', 'pod/shell', ':1']);
    const [, dead = ''] = await nowhere.printed(/127\.0\.0\.1:(\d+)/);
    await assert.rejects(fetchText(`http://127.0.0.1:${dead}/`));
    await nowhere.printed(/error occurred forwarding|lost connection/);
    await nowhere.stop();
  },
};

const TARGET = 'deployment/web';

/** Several requests at once and after one another through one port-forward. */
async function answersThrough(session: KubectlSession, target: string, port: number): Promise<string> {
  const forward = session.start(['port-forward', target, `:${port}`]);
  const [, local = ''] = await forward.printed(/127\.0\.0\.1:(\d+)/);
  const url = `http://127.0.0.1:${local}/`;
  const answers = await Promise.all([1, 2, 3, 4].map(() => fetchText(url)));
  answers.push(await fetchText(url));
  await forward.stop();
  assert.equal(new Set(answers).size, 1, answers.join());
  return answers.join();
}
