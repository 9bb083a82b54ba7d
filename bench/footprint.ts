/** What Godwit itself takes from the machine: `./godwit bench footprint`. */
import { readFileSync } from 'node:fs';
import type { VirtualMachine } from '@godwit/kinds';
import type { Bench, BenchRow } from '../apps/godwit/src/bench/run-benches.ts';
import { type GodwitUnderTest, waitFor } from '../test/support/godwit.ts';
import { processesMentioning } from '../test/support/host-traces.ts';
import { tinyFirmware } from '../test/support/tiny-machine.ts';
import { onOwnCloud } from './support/bench-cloud.ts';
import { cpuSeconds, processTree, proportionalSetSize } from './support/process-figures.ts';
import { quantile } from './support/statistics.ts';

const MACHINES = 20;
const IDLE_SECONDS = 60;
/** Longest that machines may take to run, on a machine that is busy. */
const PATIENCE_MS = 600_000;
const MEBIBYTE = 1024 ** 2;

export const bench: Bench = ({ say }) =>
  onOwnCloud(async function* (godwit) {
    const image = await godwit.verb('image', 'tiny');
    if (image.status !== 0) throw new Error(image.stderr);
    say(`idle for ${IDLE_SECONDS} s`);
    yield* idle(godwit);
    say(`${MACHINES} virtual machines`);
    yield await perMachine(godwit, say);
  });

async function* idle(godwit: GodwitUnderTest): AsyncIterable<BenchRow> {
  await seconds(15);
  const before = cpuSeconds(godwit.processId);
  await seconds(IDLE_SECONDS);
  const percent = ((cpuSeconds(godwit.processId) - before) / IDLE_SECONDS) * 100;
  yield {
    bench: 'footprint',
    what: 'idle, no machines: CPU of godwit up',
    value: percent,
    unit: '% of a core',
    goal: '<= 1',
    holds: percent <= 1,
  };
  const memory = proportionalSetSize(godwit.processId) / MEBIBYTE;
  yield {
    bench: 'footprint',
    what: 'idle, no machines: memory of godwit up (PSS)',
    value: memory,
    unit: 'MiB',
    goal: '<= 150',
    peer: 'reference: k3s, more than',
    peerValue: 500,
    ratio: memory / 500,
    holds: memory <= 150,
  };
}

/** Growth of everything that is not QEMU itself, over twenty machines, after it has settled. */
async function perMachine(godwit: GodwitUnderTest, say: (line: string) => void): Promise<BenchRow> {
  // One that comes and goes first: what any machine needs once, such as code, is no growth by machines.
  await godwit.apply(manifest('first'));
  await waitFor('the first machine', async () => (await running(godwit)) === 1, PATIENCE_MS);
  await godwit.kubectl('delete', 'vm', 'first');
  const before = await memoryAtRest(godwit, say);
  const names = Array.from({ length: MACHINES }, (_, index) => `small-${index}`);
  await godwit.apply(names.map(manifest).join('---'));
  await waitFor('all machines', async () => (await running(godwit)) === MACHINES, PATIENCE_MS);
  const growth = ((await memoryAtRest(godwit, say)) - before) / MACHINES / MEBIBYTE;
  return {
    bench: 'footprint',
    what: `memory a VM: growth of PSS of all Godwit processes over ${MACHINES} VMs`,
    value: growth,
    unit: 'MiB',
    goal: '<= 3',
    peer: 'reference: KubeVirt, at least',
    peerValue: 250,
    ratio: growth / 250,
    holds: growth <= 3,
  };
}

async function running(godwit: GodwitUnderTest): Promise<number> {
  const { items } = JSON.parse(await godwit.kubectl('get', 'vm', '-o', 'json')) as { items: VirtualMachine[] };
  return items.filter(({ status }) => status?.printableStatus === 'Running').length;
}

/** Memory of all our processes but QEMU: the lowest of several looks, so that garbage not yet collected counts little. */
async function memoryAtRest(godwit: GodwitUnderTest, say: (line: string) => void): Promise<number> {
  await seconds(30);
  const looks: number[] = [];
  for (let look = 0; look < 20; look++) {
    await seconds(3);
    looks.push(ownProcesses(godwit).reduce((sum, pid) => sum + sizeOf(pid), 0));
  }
  const [lowest, median, highest] = [0, 0.5, 1].map((rank) => (quantile(looks, rank) / MEBIBYTE).toFixed(0));
  say(`memory: ${lowest} MiB, median ${median}, highest ${highest}, in ${ownProcesses(godwit).length} processes`);
  return Math.min(...looks);
}

function ownProcesses(godwit: GodwitUnderTest): number[] {
  const mentioned = [godwit.state, `godwit-${godwit.instanceId}`].flatMap(processesMentioning);
  const all = new Set([...processTree(godwit.processId), ...mentioned.map(({ pid }) => pid)]);
  return [...all].filter((pid) => !nameOf(pid).startsWith('qemu-system'));
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

function sizeOf(pid: number): number {
  try {
    return proportionalSetSize(pid);
  } catch {
    return 0;
  }
}

function manifest(name: string): string {
  return `
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: {name: ${name}}
spec:
  runStrategy: Always
  template:
    spec:
      terminationGracePeriodSeconds: 0
      domain:
        memory: {guest: 96Mi}
        cpu: {cores: 1}
        resources: {requests: {cpu: 10m}}
        devices: {}
        firmware: ${tinyFirmware}
`;
}

const seconds = (count: number) => new Promise((resolve) => setTimeout(resolve, count * 1000));
