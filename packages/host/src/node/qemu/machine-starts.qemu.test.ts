/** A guest that starts: what it is given and says, who may look and type, and how it is held and started anew. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { KubeObject } from '@godwit/kinds';
import { tinyKernel, waitFor } from './test-support/machine-host.ts';
import { MachineUnderTest, whyNoMachines } from './test-support/machine-under-test.ts';

describe('a virtual machine on QEMU', { skip: whyNoMachines() ?? false }, () => {
  let tiny: MachineUnderTest;

  before(() => {
    tiny = new MachineUnderTest();
  });
  after(() => tiny.close());

  test('boots the tiny guest, tells the API, answers on its console', async () => {
    const metadata = { name: 'keys', namespace: 'default' };
    tiny.host.door.put('secrets', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata,
      data: { key: btoa('ssh-ed25519 AAAA me@here') },
    } as KubeObject);
    const propagationMethod = { qemuGuestAgent: { users: ['root'] } };
    const sshPublicKey = { source: { secret: { secretName: 'keys' } }, propagationMethod };
    const userData = '#cloud-config\nhostname: from-seed\nruncmd:\n  - [ sh, -c, "echo ran-$((2*2))" ]\n';
    const domain = tinyKernel.domain as NonNullable<typeof tinyKernel.domain>;
    tiny.start({
      domain: { ...domain, devices: { ...domain.devices, disks: [{ name: 'seed', disk: { bus: 'virtio' } }] } },
      volumes: [{ name: 'seed', cloudInitNoCloud: { userData } }],
      accessCredentials: [{ sshPublicKey }],
    });
    await tiny.runs();
    assert.equal(tiny.condition('Ready')?.status, 'True');
    assert.equal(tiny.status?.interfaces?.[0]?.ipAddress, '10.80.0.5');
    const stream = await tiny.console();
    assert.match(await stream.readUntil('ready as from-seed'), /userland is up/);
    // What is typed before the shell asks for it may be lost.
    await stream.readUntil('# ');
    await waitFor('the commands of the seed', () => tiny.serialLog.includes('ran-4'));
    await stream.type('echo $((6*7))-answer\n');
    await stream.readUntil('42-answer');
    stream.close();
  });

  test('several readers of the console see what was said before and what is said now', async () => {
    const [one, two] = await Promise.all([tiny.console(), tiny.console()]);
    await Promise.all([one.readUntil('userland is up'), two.readUntil('userland is up')]);
    await one.type('echo to-$((1+1))-both\n');
    await Promise.all([one.readUntil('to-2-both'), two.readUntil('to-2-both')]);
    one.close();
    await two.type('echo still-$((2+2))\n');
    await two.readUntil('still-4');
    two.close();
  });

  test('pause holds the guest and takes it out of readiness; unpause brings it back', async () => {
    await tiny.order('pause');
    await waitFor('condition Paused', () => tiny.condition('Paused')?.status === 'True');
    assert.equal(tiny.condition('Ready')?.status, 'False');
    await assert.rejects(tiny.order('pause'), /already paused/);
    await tiny.order('unpause');
    await waitFor('Ready again', () => tiny.condition('Ready')?.status === 'True' && !tiny.condition('Paused'));
  });

  test('a screenshot is a PNG image', async () => {
    const image = await tiny.host.screenshot(tiny.name, tiny.uid);
    assert.deepEqual([...image.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
  });

  test('the screen speaks RFB', async () => {
    assert.match(await tiny.host.firstWords(tiny.name, tiny.uid, 'vnc'), /^RFB 003\.00\d\n/);
  });

  test('the agent in the guest tells who and where it is, and probes run through it', async () => {
    await waitFor('facts of the agent', () => tiny.status?.guestOSInfo?.id === 'godwit-tiny');
    assert.equal(tiny.condition('AgentConnected')?.status, 'True');
    const { object } = tiny;
    const exec = { command: ['/bin/test', '-e', '/tmp/well'] };
    const readinessProbe = { exec, periodSeconds: 1, timeoutSeconds: 20, failureThreshold: 1 };
    tiny.host.manager.ensure({ ...object, spec: { ...object.spec, readinessProbe } });
    await waitFor('not ready', () => tiny.condition('Ready')?.reason === 'ReadinessProbeFailed');
    const stream = await tiny.console();
    await stream.type('touch /tmp/well\n');
    await waitFor('ready', () => tiny.condition('Ready')?.status === 'True');
    stream.close();
    tiny.host.manager.ensure(object);
    const facts = (await tiny.order('guest-info')) as { guestAgentVersion: string; hostname: string };
    assert.equal(facts.guestAgentVersion, 'tiny 1');
    await waitFor('the key', () => tiny.condition('AccessCredentialsSynchronized')?.status === 'True');
    const login = await tiny.console();
    await login.type('cat /root/.ssh/authorized_keys\n');
    await login.readUntil('ssh-ed25519 AAAA me@here');
    login.close();
  });

  test('is adopted by a new manager after the old one let go without a word', async () => {
    const { pid } = tiny;
    await tiny.leave();
    await tiny.comeBack();
    assert.equal(tiny.pid, pid);
    const stream = await tiny.console();
    await stream.readUntil('userland is up');
    await stream.type('echo adopted-$((3*3))\n');
    await stream.readUntil('adopted-9');
    stream.close();
    assert.equal(tiny.status?.phase, 'Running');
  });

  test('a soft reboot goes through the agent and boots again in the same process', async () => {
    const { pid } = tiny;
    await tiny.order('soft-reboot');
    await waitFor('a second boot', () => tiny.serialLog.split('userland is up').length > 2);
    assert.equal(tiny.pid, pid);
    assert.equal(tiny.status?.phase, 'Running');
    await waitFor('ready after the reboot', () => tiny.serialLog.split('ready as').length > 2);
  });

  test('deletion shuts the guest down in order, cleans up, and lets the object go', async () => {
    await tiny.delete();
    assert.equal(tiny.status?.phase, 'Succeeded');
    assert.match(tiny.host.events().join(), /Stopped/);
    assert.equal(tiny.pid, undefined);
    await tiny.forget();
    assert.equal(existsSync(join(tiny.state, 'machines', tiny.uid)), false);
  });
});
