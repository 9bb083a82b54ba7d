/**
 * What Godwit adds to starting a machine: `./godwit bench start`. Each pair starts one machine through the
 * API and one by hand with the very same command, in turn, so that a busy machine slows both alike.
 */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { VirtualMachineInstance } from '@godwit/kinds';
import type { Bench, BenchRow } from '../apps/godwit/src/bench/run-benches.ts';
import { GodwitUnderTest, projectRoot, waitFor } from '../test/support/godwit.ts';
import { processesMentioning } from '../test/support/host-traces.ts';
import { runProgram } from '../test/support/kubectl.ts';
import { RawClient, readAccess } from './support/raw-client.ts';
import { median } from './support/statistics.ts';

const PAIRS = 20;
const USERLAND = 'godwit-tiny: userland is up';
const POLL_MS = 2;

export const bench: Bench = async function* ({ say }) {
  const godwit = new GodwitUnderTest();
  await must(godwit.verb('image', 'tiny'));
  await must(runProgram('podman', ['build', '-t', 'myapp', join(projectRoot, 'examples/myapp')]));
  await godwit.up();
  const client = await RawClient.open(readAccess(godwit.kubeconfig));
  try {
    yield await machines(godwit, client, say);
    yield await pods(client, say);
  } finally {
    client.close();
    await godwit.stop();
  }
};

async function must(running: Promise<{ status: number | null; stderr: string }>): Promise<void> {
  const { status, stderr } = await running;
  if (status !== 0) throw new Error(stderr);
}

async function pairs(
  what: string,
  say: (line: string) => void,
  ours: (index: number) => Promise<number>,
  byHand: (index: number) => Promise<number>,
): Promise<{ ours: number; byHand: number }> {
  const results = { ours: [] as number[], byHand: [] as number[] };
  // The first pair warms caches and is not counted.
  for (let index = 0; index <= PAIRS; index++) {
    const mine = await ours(index);
    const theirs = await byHand(index);
    say(`${what} ${index}/${PAIRS}: ${Math.round(mine)} ms, by hand ${Math.round(theirs)} ms`);
    if (index === 0) continue;
    results.ours.push(mine);
    results.byHand.push(theirs);
  }
  return { ours: median(results.ours), byHand: median(results.byHand) };
}

function row(what: string, peer: string, goal: number, figures: { ours: number; byHand: number }): BenchRow {
  const ratio = figures.ours / figures.byHand;
  return {
    bench: 'start',
    what: `${what}, median of ${PAIRS}`,
    value: figures.ours,
    unit: 'ms',
    goal: `<= ${goal} x`,
    peer: `peer: ${peer}`,
    peerValue: figures.byHand,
    ratio,
    holds: ratio <= goal,
  };
}

async function machines(godwit: GodwitUnderTest, client: RawClient, say: (line: string) => void): Promise<BenchRow> {
  let command: readonly string[] = [];
  let folder = '';
  const ours = async (index: number) => {
    const name = `start-${index}`;
    const startedMs = performance.now();
    await client.request('POST', '/apis/kubevirt.io/v1/namespaces/default/virtualmachineinstances', instance(name));
    const process = await poll(() =>
      processesMentioning(join(godwit.state, 'machines')).find(({ command: text }) => /^\S*qemu-system/.test(text)),
    );
    const uid = /machines\/([0-9a-f-]{36})/.exec(process.command)?.[1] ?? '';
    folder = join(godwit.state, 'machines', uid);
    const log = join(folder, 'serial.log');
    await poll(() => existsSync(log) && readFileSync(log, 'latin1').includes(USERLAND));
    const tookMs = performance.now() - startedMs;
    command = readFileSync(`/proc/${process.pid}/cmdline`, 'utf8')
      .split('\0')
      .filter((part) => part !== '');
    cpSync(folder, handFolder(godwit), { recursive: true, filter: (file) => !/\.(sock|pid|log)$/.test(file) });
    await client.request(
      'DELETE',
      `/apis/kubevirt.io/v1/namespaces/default/virtualmachineinstances/${name}?gracePeriodSeconds=0`,
    );
    await waitFor('its end', async () => (await godwit.get<VirtualMachineInstance>('vmi', name)) === undefined);
    return tookMs;
  };
  const byHand = () =>
    bootByHand(
      command.map((part) => part.replaceAll(folder, handFolder(godwit))),
      godwit,
    );
  return row(
    'VM: API request → first line of userland',
    'the same QEMU command by hand',
    1.15,
    await pairs('VM', say, ours, byHand),
  );
}

const handFolder = (godwit: GodwitUnderTest) => join(godwit.state, 'by-hand');

/** The same command in the same network namespace, on a tap of the same name. */
async function bootByHand(command: readonly string[], godwit: GodwitUnderTest): Promise<number> {
  const namespace = `godwit-${godwit.instanceId}`;
  const tap = /ifname=([^,]+)/.exec(command.join(' '))?.[1];
  if (tap) await must(runProgram('ip', ['netns', 'exec', namespace, 'ip', 'tuntap', 'add', tap, 'mode', 'tap']));
  const log = join(handFolder(godwit), 'serial.log');
  rmSync(log, { force: true });
  mkdirSync(handFolder(godwit), { recursive: true });
  const startedMs = performance.now();
  const child = spawn('nsenter', [`--net=/run/netns/${namespace}`, '--', ...command], { stdio: 'ignore' });
  await poll(() => existsSync(log) && readFileSync(log, 'latin1').includes(USERLAND));
  const tookMs = performance.now() - startedMs;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  for (const { pid } of processesMentioning(handFolder(godwit))) process.kill(pid, 'SIGKILL');
  await gone;
  if (tap) await must(runProgram('ip', ['netns', 'exec', namespace, 'ip', 'link', 'delete', tap]));
  rmSync(handFolder(godwit), { recursive: true, force: true });
  return tookMs;
}

async function poll<T>(probe: () => T | undefined | false): Promise<T> {
  const deadline = performance.now() + 120_000;
  for (;;) {
    const answer = probe();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error('nothing within two minutes');
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function instance(name: string): string {
  const container = { image: 'localhost/godwit/tiny:latest', kernelPath: '/boot/vmlinuz', initrdPath: '/boot/initrd' };
  return JSON.stringify({
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: { name },
    spec: {
      terminationGracePeriodSeconds: 0,
      domain: {
        memory: { guest: '128Mi' },
        devices: { interfaces: [{ name: 'default', masquerade: {} }] },
        firmware: { kernelBoot: { container, kernelArgs: 'console=ttyS0' } },
      },
      networks: [{ name: 'default', pod: {} }],
    },
  });
}

async function pods(client: RawClient, say: (line: string) => void): Promise<BenchRow> {
  const path = '/api/v1/namespaces/default/pods';
  const ours = async (index: number) => {
    const name = `start-${index}`;
    const watch = await client.clone();
    const ready = new Promise<void>((resolve) => {
      let text = '';
      watch.stream(`${path}?watch=1&fieldSelector=metadata.name%3D${name}`, (chunk) => {
        text += chunk.toString('latin1');
        if (isReady(text)) resolve();
      });
    });
    const startedMs = performance.now();
    await client.request('POST', path, pod(name));
    await ready;
    const tookMs = performance.now() - startedMs;
    watch.close();
    await client.request('DELETE', `${path}/${name}?gracePeriodSeconds=0`);
    return tookMs;
  };
  const byHand = async (index: number) => {
    const name = `godwit-bench-${process.pid}-${index}`;
    const startedMs = performance.now();
    await must(runProgram('podman', ['run', '-d', '--name', name, 'localhost/myapp:latest']));
    const tookMs = performance.now() - startedMs;
    await must(runProgram('podman', ['rm', '-f', '-t', '0', name]));
    return tookMs;
  };
  return row('pod: API request → Ready', 'podman run -d of the same image', 1.5, await pairs('pod', say, ours, byHand));
}

/** Whether the last whole event of a watch shows a pod whose condition Ready is True. */
function isReady(text: string): boolean {
  const lines = text.split('\n').filter((line) => line.startsWith('{"type"'));
  return lines.some((line) => {
    try {
      const { object } = JSON.parse(line) as {
        object: { status?: { conditions?: { type: string; status: string }[] } };
      };
      return object.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
    } catch {
      return false;
    }
  });
}

function pod(name: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'main', image: 'localhost/myapp:latest' }] },
  });
}
