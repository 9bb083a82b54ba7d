import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { VirtualMachineInstanceSpec } from '@godwit/kinds';
import { numbersOf } from '../kernel-list.ts';
import { openMachineHost, TINY_IMAGE, tinyKernel, waitFor } from './test-support/machine-host.ts';
import { whyNoMachines } from './test-support/machine-under-test.ts';

/** Undefined of a thread that has ended meanwhile. */
function statusOf(pid: number, thread: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8');
  } catch {
    return undefined;
  }
}

/** Processors that the guest's threads of a QEMU may run on, and those of all its other threads. */
function threadsOf(pid: number): { readonly guest: readonly number[][]; readonly others: readonly number[][] } {
  const threads = readdirSync(`/proc/${pid}/task`).flatMap((thread) => {
    const status = statusOf(pid, thread);
    if (status === undefined) return [];
    const allowed = [...numbersOf(/^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? '')];
    return { isGuest: /^Name:\s*CPU \d/m.test(status), allowed };
  });
  const of = (isGuest: boolean) => threads.filter((thread) => thread.isGuest === isGuest).map(({ allowed }) => allowed);
  return { guest: of(true), others: of(false) };
}

test('a machine with processors of its own is pinned to them, and others are kept off, over restarts of the program', async (t) => {
  const reason = whyNoMachines() ?? (availableParallelism() < 2 ? 'needs two processors' : undefined);
  if (reason !== undefined) return t.skip(reason);
  const state = mkdtempSync(join(tmpdir(), 'godwit-dedicated-'));
  let host = openMachineHost(state);
  const kernel = {
    image: TINY_IMAGE,
    pullPolicy: 'Never',
    kernelPath: '/boot/vmlinuz',
    initrdPath: '/boot/initrd',
  } as const;
  const launch = async (uid: string, dedicated: boolean) => {
    const identity = { uid, namespace: 'default', name: uid };
    const domain = { ...tinyKernel.domain, devices: {}, cpu: { cores: 1, dedicatedCpuPlacement: dedicated } };
    const spec: VirtualMachineInstanceSpec = { domain };
    const prepared = await host.hypervisor.prepare({ ...identity, volumes: [], kernel }, AbortSignal.timeout(180_000));
    await host.hypervisor.launch({ ...identity, spec, prepared, interfaces: [], held: false });
  };
  try {
    await launch('plain', false);
    await launch('own', true);
    const own = threadsOf(host.pid('own') as number);
    const [mine] = own.guest.flat() as [number];
    assert.deepEqual(own.guest, [[mine]]);
    const isShared = () =>
      [...threadsOf(host.pid('plain') as number).guest, ...threadsOf(host.pid('plain') as number).others].every(
        (allowed) => allowed.length > 0 && !allowed.includes(mine),
      );
    assert.ok(isShared());
    await host.hypervisor.release();
    host = openMachineHost(state);
    for (const uid of ['plain', 'own']) await host.hypervisor.adopt(uid);
    await launch('late', false);
    assert.ok(
      !threadsOf(host.pid('late') as number)
        .guest.flat()
        .includes(mine),
    );
    await host.hypervisor.kill('own');
    // Who has gone gives back what it had.
    await waitFor('its processor to be for all again', () => !isShared());
  } finally {
    for (const uid of ['plain', 'own', 'late']) await host.hypervisor.kill(uid);
    await host.close();
    rmSync(state, { recursive: true, force: true });
  }
});
