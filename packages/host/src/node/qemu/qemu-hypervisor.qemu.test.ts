import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { SystemClock } from '@godwit/base';
import { testHypervisorDriver } from '../../conformance/index.ts';
import { machineFiles } from './machine-files.ts';
import { QmpSession } from './qmp/index.ts';
import { connectSocket } from './socket.ts';
import { startQemu } from './start-process.ts';
import { openMachineHost, TINY_IMAGE, tinyKernel } from './test-support/machine-host.ts';

const hasQemu = spawnSync('qemu-system-x86_64', ['--version']).status === 0;
const hasImage = spawnSync('podman', ['image', 'exists', TINY_IMAGE]).status === 0;

if (hasQemu && hasImage) {
  testHypervisorDriver('QEMU', async () => {
    const state = mkdtempSync(join(tmpdir(), 'godwit-suite-'));
    let host = openMachineHost(state);
    return {
      driver: host.hypervisor,
      clock: new SystemClock(),
      spec: tinyKernel.domain ? { domain: tinyKernel.domain } : { domain: { devices: {} } },
      kernel: { image: TINY_IMAGE, pullPolicy: 'Never', kernelPath: '/boot/vmlinuz', initrdPath: '/boot/initrd' },
      reopen: async () => {
        await host.hypervisor.release();
        host = openMachineHost(state);
        return host.hypervisor;
      },
      crash: (uid) => process.kill(host.pid(uid) as number, 'SIGKILL'),
      close: async () => {
        await host.close();
        rmSync(state, { recursive: true, force: true });
      },
    };
  });
} else {
  test('hypervisor driver: QEMU', (t) => t.skip(`needs QEMU, and the image ${TINY_IMAGE}: godwit image tiny`));
}

describe('QMP with a real QEMU', { skip: hasQemu ? false : 'qemu-system-x86_64 is not installed' }, () => {
  const root = mkdtempSync(join(tmpdir(), 'godwit-qmp-'));
  const files = machineFiles(root, 'machine');
  const clock = new SystemClock();
  let session: QmpSession;

  before(async () => {
    spawnSync('mkdir', ['-p', files.folder]);
    const monitor = [
      '-chardev',
      `socket,id=m,path=${files.monitor},server=on,wait=off`,
      '-mon',
      'chardev=m,mode=control',
    ];
    const program = ['qemu-system-x86_64', '-nodefaults', '-display', 'none', '-S', '-pidfile', files.pid];
    await startQemu([...program, ...monitor], files, clock);
    const options = { clock, onEvent: () => undefined, onClose: () => undefined };
    session = await QmpSession.open(await connectSocket(files.monitor), options);
  });
  after(() => {
    process.kill(Number(readFileSync(files.pid, 'utf8')), 'SIGKILL');
    rmSync(root, { recursive: true, force: true });
  });

  test('a reply of hundreds of kilobytes, with others in flight beside it', async () => {
    const [schema, status, version] = await Promise.all([
      session.execute('query-qmp-schema'),
      session.execute('query-status'),
      session.execute('query-version'),
    ]);
    assert.ok(JSON.stringify(schema).length > 100_000);
    assert.equal(status.status, 'prelaunch');
    assert.ok(version.qemu.major >= 7);
  });

  test('a refusal carries the class', async () => {
    await assert.rejects(session.execute('device_del', { id: 'none' }), /Device 'none' not found/);
  });
});
