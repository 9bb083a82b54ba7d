/** kill -9 of the program at random moments: nothing acknowledged is lost, nothing stops, nothing runs twice. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { SeededRandom } from '@godwit/base';
import type { ConfigMap, Pod, VirtualMachineInstance } from '@godwit/kinds';
import { GodwitUnderTest, waitFor } from '../support/godwit.ts';
import { hostTraces, processesMentioning } from '../support/host-traces.ts';
import { buildMyapp, buildTinyGuest } from '../support/images.ts';
import { tinyMachine } from '../support/tiny-machine.ts';

const godwit = new GodwitUnderTest();
const KILLS = 10;
const MACHINES = 5;

before(async () => {
  await buildTinyGuest();
  await buildMyapp();
  await godwit.up();
});

after(() => godwit.stop());

function manifest(index: number): string {
  return `
apiVersion: v1
kind: Pod
metadata: {name: pod-${index}}
spec:
  containers: [{name: main, image: "myapp:latest"}]
---${tinyMachine({ name: `vm-${index}` })}`;
}

async function list<T>(resource: string): Promise<T[]> {
  return JSON.parse(await godwit.kubectl('get', resource, '-o', 'json')).items;
}

async function allRun(): Promise<boolean> {
  const [pods, machines] = await Promise.all([list<Pod>('pods'), list<VirtualMachineInstance>('vmi')]);
  return (
    pods.filter(({ status }) => status?.phase === 'Running').length === MACHINES &&
    machines.filter(({ status }) => status?.phase === 'Running').length === MACHINES
  );
}

/** Process ids of the QEMUs and container monitors of this cloud's machines; not of the proof that KVM works. */
function machineProcesses(): string[] {
  return processesMentioning(join(godwit.state, 'machines'))
    .filter(({ command }) => /^\S*(qemu-system|conmon)/.test(command))
    .map(({ pid, command }) => `${pid} ${command.slice(0, 20)}`)
    .toSorted();
}

test('five VMs and five pods outlive ten kills of the program', async () => {
  for (let i = 0; i < MACHINES; i++) await godwit.apply(manifest(i));
  await waitFor('all machines', allRun, 480_000);
  const running = machineProcesses();
  assert.equal(running.length, 2 * MACHINES, running.join('\n'));
  const random = new SeededRandom(20_261_120);
  const acknowledged: string[] = [];
  for (let round = 0; round < KILLS; round++) {
    acknowledged.push(...(await writeUntilKilled(round, random.integer(1500))));
    await godwit.up();
    assert.deepEqual(machineProcesses(), running, `after kill ${round + 1}`);
  }
  await waitFor('all machines', allRun, 480_000);
  const stored = new Set((await list<ConfigMap>('configmaps')).map(({ metadata }) => metadata.name));
  assert.deepEqual(
    acknowledged.filter((name) => !stored.has(name)),
    [],
  );
  assert.ok(acknowledged.length >= KILLS, `only ${acknowledged.length} writes were acknowledged`);
});

/**
 * Creates objects one after the other until the program dies, so long after the first was acknowledged; answers the
 * names of those that were.
 */
async function writeUntilKilled(round: number, delayMs: number): Promise<string[]> {
  const acknowledged: string[] = [];
  let alive = true;
  const first = Promise.withResolvers<void>();
  const killer = first.promise
    .then(() => new Promise((resolve) => setTimeout(resolve, delayMs)))
    .then(() => godwit.kill())
    .finally(() => {
      alive = false;
    });
  for (let i = 0; alive; i++) {
    const name = `write-${round}-${i}`;
    const { status } = await godwit.tryKubectl(['create', 'configmap', name]);
    if (status === 0) acknowledged.push(name);
    if (acknowledged.length > 0) first.resolve();
  }
  await killer;
  return acknowledged;
}

test('after down nothing is left on the host but the state folder; up starts the machines again', async () => {
  await godwit.interrupt();
  const { status, stderr, stdout } = await godwit.verb('down');
  assert.equal(status, 0, stderr + stdout);
  assert.deepEqual(await hostTraces([godwit.instanceId, godwit.state, `10.${godwit.octet}.`]), []);
  await godwit.up();
  await waitFor('all machines', allRun, 480_000);
});
