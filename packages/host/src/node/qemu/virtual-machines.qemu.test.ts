import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type KubeObject, type Stored, type VirtualMachineInstance, wholeUnits } from '@godwit/kinds';
import { deleted, testInstance } from '../../virtual-machine/test-support/instance.ts';
import { processorTimeOf } from '../process/index.ts';
import { type MachineHost, openMachineHost, TINY_IMAGE, tinyKernel, waitFor } from './test-support/machine-host.ts';

const UID = '0c0ffee0-0000-4000-8000-000000000001';

/** What these tests cannot do without; the reason why not, where it is missing. */
function missing(): string | undefined {
  if (spawnSync('qemu-system-x86_64', ['--version']).status !== 0) return 'qemu-system-x86_64 is not installed';
  if (spawnSync('podman', ['image', 'exists', TINY_IMAGE]).status !== 0)
    return `no image ${TINY_IMAGE}: godwit image tiny`;
  return undefined;
}

describe('a virtual machine on QEMU', { concurrency: 1 }, () => {
  const reason = missing();
  let state: string;
  let host: MachineHost;

  before(() => {
    state = mkdtempSync(join(tmpdir(), 'godwit-qemu-'));
    host = openMachineHost(state);
  });
  after(async () => {
    await host.close();
    rmSync(state, { recursive: true, force: true });
  });

  const start = (machine: Stored<VirtualMachineInstance>) => {
    host.door.put('virtualmachineinstances', machine);
    host.manager.ensure(machine);
  };
  const status = () => host.instance('tiny')?.status;
  const condition = (type: string) => status()?.conditions?.find((entry) => entry.type === type);
  const skipped = (t: TestContext) => reason !== undefined && (t.skip(reason), true);

  test('boots the tiny guest, tells the API, answers on its console', async (t) => {
    if (skipped(t)) return;
    const metadata = { name: 'keys', namespace: 'default' };
    host.door.put('secrets', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata,
      data: { key: btoa('ssh-ed25519 AAAA me@here') },
    } as KubeObject);
    const propagationMethod = { qemuGuestAgent: { users: ['root'] } };
    const sshPublicKey = { source: { secret: { secretName: 'keys' } }, propagationMethod };
    const userData = '#cloud-config\nhostname: from-seed\nruncmd:\n  - [ sh, -c, "echo ran-$((2*2))" ]\n';
    const domain = tinyKernel.domain as NonNullable<typeof tinyKernel.domain>;
    start(
      testInstance('tiny', UID, {
        domain: { ...domain, devices: { ...domain.devices, disks: [{ name: 'seed', disk: { bus: 'virtio' } }] } },
        volumes: [{ name: 'seed', cloudInitNoCloud: { userData } }],
        accessCredentials: [{ sshPublicKey }],
      }),
    );
    await waitFor('phase Running', () => status()?.phase === 'Running');
    assert.equal(condition('Ready')?.status, 'True');
    assert.equal(status()?.interfaces?.[0]?.ipAddress, '10.80.0.5');
    const stream = await host.console('tiny', UID);
    assert.match(await stream.readUntil('ready as from-seed'), /userland is up/);
    // What is typed before the shell asks for it may be lost.
    await stream.readUntil('# ');
    await waitFor('the commands of the seed', () => host.serialLog(UID).includes('ran-4'), 60_000);
    await stream.type('echo $((6*7))-answer\n');
    await stream.readUntil('42-answer');
    stream.close();
  });

  test('several readers of the console see what was said before and what is said now', async (t) => {
    if (skipped(t)) return;
    const [one, two] = await Promise.all([host.console('tiny', UID), host.console('tiny', UID)]);
    await Promise.all([one.readUntil('userland is up'), two.readUntil('userland is up')]);
    await one.type('echo to-$((1+1))-both\n');
    await Promise.all([one.readUntil('to-2-both'), two.readUntil('to-2-both')]);
    one.close();
    await two.type('echo still-$((2+2))\n');
    await two.readUntil('still-4');
    two.close();
  });

  test('pause holds the guest and takes it out of readiness; unpause brings it back', async (t) => {
    if (skipped(t)) return;
    await host.order('tiny', UID, 'pause');
    await waitFor('condition Paused', () => condition('Paused')?.status === 'True');
    assert.equal(condition('Ready')?.status, 'False');
    await assert.rejects(host.order('tiny', UID, 'pause'), /already paused/);
    await host.order('tiny', UID, 'unpause');
    await waitFor('Ready again', () => condition('Ready')?.status === 'True' && !condition('Paused'));
  });

  test('a screenshot is a PNG image', async (t) => {
    if (skipped(t)) return;
    const image = await host.screenshot('tiny', UID);
    assert.deepEqual([...image.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
  });

  test('the screen speaks RFB', async (t) => {
    if (skipped(t)) return;
    assert.match(await host.firstWords('tiny', UID, 'vnc'), /^RFB 003\.00\d\n/);
  });

  test('the agent in the guest tells who and where it is, and probes run through it', async (t) => {
    if (skipped(t)) return;
    await waitFor('facts of the agent', () => status()?.guestOSInfo?.id === 'godwit-tiny', 60_000);
    assert.equal(condition('AgentConnected')?.status, 'True');
    const machine = host.instance('tiny') as Stored<VirtualMachineInstance>;
    const exec = { command: ['/bin/test', '-e', '/tmp/well'] };
    const readinessProbe = { exec, periodSeconds: 1, timeoutSeconds: 20, failureThreshold: 1 };
    host.manager.ensure({ ...machine, spec: { ...machine.spec, readinessProbe } });
    await waitFor('not ready', () => condition('Ready')?.reason === 'ReadinessProbeFailed', 60_000);
    const stream = await host.console('tiny', UID);
    await stream.type('touch /tmp/well\n');
    await waitFor('ready', () => condition('Ready')?.status === 'True', 60_000);
    stream.close();
    host.manager.ensure(machine);
    const facts = (await host.order('tiny', UID, 'guest-info')) as { guestAgentVersion: string; hostname: string };
    assert.equal(facts.guestAgentVersion, 'tiny 1');
    await waitFor('the key', () => condition('AccessCredentialsSynchronized')?.status === 'True', 60_000);
    const login = await host.console('tiny', UID);
    await login.type('cat /root/.ssh/authorized_keys\n');
    await login.readUntil('ssh-ed25519 AAAA me@here');
    login.close();
  });

  const resize = (sockets: number, guest: string) => {
    const machine = host.instance('tiny') as Stored<VirtualMachineInstance>;
    const { domain } = machine.spec;
    const sized = { ...domain, cpu: { ...domain.cpu, sockets }, memory: { ...domain.memory, guest } };
    host.manager.ensure({ ...machine, spec: { ...machine.spec, domain: sized } });
  };
  const has = (guest: string) =>
    waitFor(guest, () => status()?.memory?.guestCurrent === guest && !condition('HotMemoryChange'), 60_000);

  test('grows in sockets and in memory while it runs, and the guest takes both into use', async (t) => {
    if (skipped(t)) return;
    resize(2, '448Mi');
    await waitFor('two sockets', () => status()?.currentCPUTopology?.sockets === 2);
    await has('448Mi');
    const stream = await host.console('tiny', UID);
    // The guest hears of them by an interrupt, in its own time.
    await stream.type('until [ $(nproc) = 2 ]; do sleep 1; done; echo processors-$((1+1))\n');
    await stream.readUntil('processors-2');
    await stream.type(
      'until [ $(free -m | awk "NR==2 {print \\$2}") -gt 320 ]; do sleep 1; done; echo memory-$((1+1))\n',
    );
    await stream.readUntil('memory-2');
    stream.close();
  });

  test('gives processors back: their time goes at once, and its agent switches them off and on', async (t) => {
    if (skipped(t)) return;
    const stream = await host.console('tiny', UID);
    await stream.type('for one in 1 2; do while :; do :; done & done; echo busy-$((1+1))\n');
    await stream.readUntil('busy-2');
    resize(1, '448Mi');
    await waitFor('one socket', () => status()?.currentCPUTopology?.sockets === 1);
    const pid = host.pid(UID) as number;
    assert.equal(await processorTimeOf(pid), 1);
    const used = () => host.hypervisor.usage().get(UID)?.cpuSeconds ?? 0;
    const [fromMs, fromSeconds] = [performance.now(), used()];
    await waitFor('two seconds of work', () => used() - fromSeconds > 2, 60_000);
    const rate = (used() - fromSeconds) / ((performance.now() - fromMs) / 1000);
    assert.ok(rate < 1.15, `two busy processors use ${rate}`);
    await stream.type('kill $(jobs -p); until [ $(nproc) = 1 ]; do sleep 1; done; echo switched-$((1+1))-off\n');
    await stream.readUntil('switched-2-off');
    resize(2, '448Mi');
    await waitFor('two sockets', () => status()?.currentCPUTopology?.sockets === 2);
    await stream.type('until [ $(nproc) = 2 ]; do sleep 1; done; echo switched-$((1+1))-on\n');
    await stream.readUntil('switched-2-on');
    stream.close();
    assert.equal(await processorTimeOf(pid), undefined);
    assert.equal(host.pid(UID), pid);
  });

  test('gives memory back, also of what it started with, and gets it again', async (t) => {
    if (skipped(t)) return;
    resize(2, '160Mi');
    await has('160Mi');
    assert.deepEqual([status()?.memory?.guestAtBoot, status()?.memory?.guestRequested], ['192Mi', '160Mi']);
    const stream = await host.console('tiny', UID);
    await stream.type(
      'until [ $(free -m | awk "NR==2 {print \\$4}") -lt 40 ]; do sleep 1; done; echo given-$((1+1))\n',
    );
    await stream.readUntil('given-2');
    stream.close();
    resize(2, '448Mi');
    await has('448Mi');
  });

  test('a guest that gives no more is told of, runs on, and gets its memory back', async (t) => {
    if (skipped(t)) return;
    resize(2, '64Mi');
    await waitFor('the guest to refuse', () => condition('HotMemoryChange')?.status === 'False', 120_000);
    assert.equal(condition('HotMemoryChange')?.reason, 'GuestKeepsMemory');
    assert.equal(condition('Ready')?.status, 'True');
    const current = wholeUnits(status()?.memory?.guestCurrent);
    assert.ok(current > 64 * 2 ** 20 && current < 192 * 2 ** 20, `${current}`);
    resize(2, '192Mi');
    await has('192Mi');
  });

  test('is adopted by a new manager after the old one let go without a word', async (t) => {
    if (skipped(t)) return;
    const pid = host.pid(UID);
    await host.abandon();
    host = openMachineHost(state, host.door);
    await host.manager.adopt();
    host.manager.ensure(host.instance('tiny') as Stored<VirtualMachineInstance>);
    assert.equal(host.pid(UID), pid);
    const stream = await host.console('tiny', UID);
    await stream.readUntil('userland is up');
    await stream.type('echo adopted-$((3*3))\n');
    await stream.readUntil('adopted-9');
    stream.close();
    assert.equal(status()?.phase, 'Running');
  });

  test('a soft reboot goes through the agent and boots again in the same process', async (t) => {
    if (skipped(t)) return;
    const pid = host.pid(UID);
    await host.order('tiny', UID, 'soft-reboot');
    await waitFor('a second boot', () => host.serialLog(UID).split('userland is up').length > 2, 60_000);
    assert.equal(host.pid(UID), pid);
    assert.equal(status()?.phase, 'Running');
    const stream = await host.console('tiny', UID);
    await waitFor('ready after the reboot', () => host.serialLog(UID).split('ready as').length > 2, 60_000);
    stream.close();
  });

  test('deletion shuts the guest down in order, cleans up, and lets the object go', async (t) => {
    if (skipped(t)) return;
    const machine = deleted(host.instance('tiny') as Stored<VirtualMachineInstance>);
    host.manager.ensure(host.door.put('virtualmachineinstances', machine) as Stored<VirtualMachineInstance>);
    await waitFor('the finalizer to come off', () => host.instance('tiny')?.metadata.finalizers?.length === 0, 40_000);
    assert.equal(status()?.phase, 'Succeeded');
    assert.match(host.events().join(), /Stopped/);
    assert.equal(host.pid(UID), undefined);
    host.manager.absent(UID);
    await waitFor('nothing to be left', () => host.manager.known().length === 0);
    assert.equal(existsSync(join(state, 'machines', UID)), false);
  });

  test('a guest that switches itself off while nobody watches is known as stopped', async (t) => {
    if (skipped(t)) return;
    const uid = UID.replace(/1$/, '2');
    start(testInstance('tiny', uid, tinyKernel));
    await waitFor('the guest', () => host.serialLog(uid).includes('ready as'), 60_000);
    const stream = await host.console('tiny', uid);
    await stream.readUntil('# ');
    await stream.type('sleep 1; poweroff\n');
    await stream.readUntil('poweroff');
    stream.close();
    await host.abandon();
    await waitFor('power off', () => /Power down|going down/.test(host.serialLog(uid)), 30_000);
    host = openMachineHost(state, host.door);
    await host.manager.adopt();
    host.manager.ensure(host.instance('tiny') as Stored<VirtualMachineInstance>);
    await waitFor('phase Succeeded', () => status()?.phase === 'Succeeded', 40_000);
    host.manager.absent(uid);
    await waitFor('nothing to be left', () => host.manager.known().length === 0);
  });

  test('kill -9 of the program: its machine runs on and is adopted', async (t) => {
    if (skipped(t)) return;
    const uid = UID.replace(/1$/, '3');
    const other = join(state, 'program');
    const program = spawn(
      process.execPath,
      [fileURLToPath(new URL('test-support/machine-program.ts', import.meta.url)), state, uid],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    await lineOf(program, 'running');
    program.kill('SIGKILL');
    await once(program, 'exit');
    const pid = host.pid(uid);
    assert.ok(pid !== undefined, other);
    await host.manager.adopt();
    host.manager.ensure(
      host.door.put('virtualmachineinstances', testInstance('tiny', uid, tinyKernel)) as Stored<VirtualMachineInstance>,
    );
    await waitFor('phase Running', () => status()?.phase === 'Running');
    assert.equal(host.pid(uid), pid);
    await host.manager.stopAll(30_000);
    assert.equal(host.pid(uid), undefined);
    assert.equal(status()?.phase, 'Scheduled', 'the object is run again by the next start of the host');
  });

  test('QEMU that is killed fails the machine', async (t) => {
    if (skipped(t)) return;
    const uid = UID.replace(/1$/, '4');
    start(testInstance('tiny', uid, tinyKernel));
    await waitFor('phase Running', () => status()?.phase === 'Running');
    process.kill(host.pid(uid) as number, 'SIGKILL');
    await waitFor('phase Failed', () => status()?.phase === 'Failed');
    assert.equal(status()?.reason, 'Crashed');
    host.manager.absent(uid);
    await waitFor('nothing to be left', () => host.manager.known().length === 0);
  });
});

describe('a host whose disk is full', () => {
  test('holds the guest that writes, and lets it go on when there is room again', async (t) => {
    const reason = missing() ?? (process.getuid?.() === 0 ? undefined : 'mounting takes root');
    if (reason !== undefined) return t.skip(reason);
    const state = mkdtempSync(join(tmpdir(), 'godwit-full-'));
    const machines = join(state, 'machines');
    mkdirSync(machines);
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', machines]);
    const host = openMachineHost(state);
    t.after(async () => {
      await host.close();
      spawnSync('umount', ['--lazy', machines]);
      rmSync(state, { recursive: true, force: true });
    });
    const uid = UID.replace(/1$/, 'c');
    const domain = tinyKernel.domain as NonNullable<typeof tinyKernel.domain>;
    const disks = [{ name: 'data', disk: { bus: 'virtio' } }];
    const machine = testInstance('tiny', uid, {
      domain: { ...domain, devices: { ...domain.devices, disks } },
      volumes: [{ name: 'data', emptyDisk: { capacity: '64Mi' } }],
    });
    host.door.put('virtualmachineinstances', machine);
    host.manager.ensure(machine);
    const paused = () => host.instance('tiny')?.status?.conditions?.find(({ type }) => type === 'Paused');
    await waitFor('the guest', () => host.serialLog(uid).includes('ready as'), 60_000);
    const stream = await host.console('tiny', uid);
    await stream.readUntil('# ');
    await stream.type('dd if=/dev/zero of=/dev/vda bs=1M count=32 oflag=direct && echo written-$((1+1))\n');
    await waitFor('the guest to be held', () => paused()?.reason === 'PausedIOError', 60_000);
    assert.match(paused()?.message ?? '', /no space/);
    spawnSync('mount', ['-o', 'remount,size=100m', machines]);
    await host.order('tiny', uid, 'unpause');
    await stream.readUntil('written-2');
    stream.close();
    assert.equal(paused(), undefined);
  });
});

describe('what cannot be booted', () => {
  const reason = missing();
  let state: string;
  let host: MachineHost;

  before(() => {
    state = mkdtempSync(join(tmpdir(), 'godwit-qemu-'));
    host = openMachineHost(state);
  });
  after(async () => {
    await host.close();
    rmSync(state, { recursive: true, force: true });
  });

  const synchronized = () => host.instance('broken')?.status?.conditions?.find(({ type }) => type === 'Synchronized');
  const refused = async (
    t: TestContext,
    digit: string,
    spec: Partial<VirtualMachineInstance['spec']>,
    word: string,
  ) => {
    if (reason !== undefined) return t.skip(reason);
    const uid = UID.replace(/1$/, digit);
    const machine = testInstance('broken', uid, spec);
    host.door.put('virtualmachineinstances', machine);
    host.manager.ensure(machine);
    await waitFor(word, () => synchronized()?.reason === word);
    assert.equal(synchronized()?.status, 'False');
    assert.match(host.events().join('\n'), new RegExp(word));
    const gone = deleted(host.instance('broken') as Stored<VirtualMachineInstance>);
    host.manager.ensure(host.door.put('virtualmachineinstances', gone) as Stored<VirtualMachineInstance>);
    await waitFor('the finalizer to come off', () => host.instance('broken')?.metadata.finalizers?.length === 0);
    host.manager.absent(uid);
    await waitFor('nothing to be left', () => host.manager.known().length === 0);
  };
  const { domain } = testInstance('broken', UID).spec;

  test('an image that does not exist', (t) => {
    const volumes = [{ name: 'root', containerDisk: { image: 'localhost/godwit/none:latest' } }];
    return refused(t, '5', { volumes }, 'ErrImagePull');
  });

  test('a disk that is corrupt', (t) => {
    const path = join(state, 'disks', 'corrupt.qcow2');
    spawnSync('mkdir', ['-p', join(state, 'disks')]);
    writeFileSync(path, Buffer.concat([Buffer.from('QFI\xfb', 'latin1'), Buffer.alloc(4096, 0xee)]));
    return refused(t, '6', { volumes: [{ name: 'root', hostDisk: { path, type: 'Disk' } }] }, 'CorruptDisk');
  });

  test('a disk outside the folders that may be used', (t) => {
    return refused(
      t,
      '7',
      { volumes: [{ name: 'root', hostDisk: { path: '/etc/shadow', type: 'Disk' } }] },
      'InvalidVolume',
    );
  });

  test('more memory than the host has', (t) => {
    return refused(t, '8', { domain: { ...domain, memory: { guest: '64Ti' } } }, 'NoMemoryLeft');
  });

  test('hardware that is not here', (t) => {
    const devices = { ...domain.devices, gpus: [{ name: 'gpu', deviceName: 'example.com/gpu' }] };
    return refused(t, '9', { domain: { ...domain, devices } }, 'UnsupportedHardware');
  });

  test('a processor model that nobody knows', (t) => {
    return refused(t, 'a', { domain: { ...domain, cpu: { model: 'Z80' } } }, 'UnsupportedHardware');
  });

  test('a claim that is not bound', (t) => {
    return refused(
      t,
      'b',
      { volumes: [{ name: 'root', persistentVolumeClaim: { claimName: 'none' } }] },
      'VolumeNotReady',
    );
  });
});

async function lineOf(program: ChildProcess, word: string): Promise<void> {
  let text = '';
  for await (const part of program.stdout ?? []) {
    text += String(part);
    if (text.includes(word)) return;
  }
  throw new Error(`the program ended without saying ${word}: ${text} ${readFileSync('/proc/loadavg', 'utf8')}`);
}
