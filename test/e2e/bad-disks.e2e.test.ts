/** Disks that are corrupt or full, under machines and under the program itself: told, survived, and repaired by hand. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { DataVolume, Pod, VirtualMachine, VirtualMachineInstance } from '@godwit/kinds';
import { GodwitUnderTest, waitFor } from '../support/godwit.ts';
import { processesMentioning } from '../support/host-traces.ts';
import { buildMyapp, buildTinyGuest } from '../support/images.ts';
import { SmallFileSystem } from '../support/small-file-system.ts';
import { tinyMachine } from '../support/tiny-machine.ts';

const folder = mkdtempSync(join(tmpdir(), 'godwit-e2e-'));
const godwit = new GodwitUnderTest(folder);
let state: SmallFileSystem;
let volumes: SmallFileSystem;
let web: Server;

/** Starts like a qcow2 image, and is none. */
const CORRUPT = Buffer.concat([Buffer.from('QFI\xfb', 'latin1'), Buffer.alloc(64_000, 0xee)]);

before(async () => {
  await buildMyapp();
  await buildTinyGuest();
  state = await SmallFileSystem.mount(folder, '600m');
  await godwit.up();
  volumes = await SmallFileSystem.mount(join(folder, 'volumes'), '64m');
  web = createServer((request, response) => {
    if (request.url !== '/corrupt.qcow2') response.statusCode = 404;
    response.end(request.url === '/corrupt.qcow2' ? CORRUPT : 'nothing here');
  });
  await new Promise<void>((resolve) => web.listen(0, '0.0.0.0', resolve));
  await godwit.apply(`
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: at-once}
provisioner: godwit.dev/local
volumeBindingMode: Immediate`);
});

after(async () => {
  web.close();
  await godwit.stop();
  await volumes.unmount();
  await state.unmount();
  rmSync(folder, { recursive: true });
});

const claim = (name: string, size: string) => `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: ${name}}
spec: {storageClassName: at-once, accessModes: [ReadWriteOnce], resources: {requests: {storage: ${size}}}}`;

/** A machine with these claims as its first disks, which runs a command after boot. */
function machine(name: string, claims: readonly string[], command = 'true'): string {
  const disks = claims.map((disk) => [disk, `persistentVolumeClaim: {claimName: ${disk}}`]);
  const seed = `cloudInitNoCloud: {userData: "#cloud-config\\nhostname: ${name}\\nruncmd:\\n- ${command}\\n"}`;
  return tinyMachine({ name, memory: '128Mi', volumes: Object.fromEntries([...disks, ['seed', seed]]) });
}

async function condition(name: string, type: string) {
  const instance = await godwit.get<VirtualMachineInstance>('vmi', name);
  return instance?.status?.conditions?.find((one) => one.type === type);
}

const isShown = async (name: string, status: string) =>
  (await godwit.get<VirtualMachine>('vm', name))?.status?.printableStatus === status;

const runs = (name: string) => waitFor(`${name} to run`, () => isShown(name, 'Running'));

/** Where the volume of a claim lies, once it is made. */
function volumeOf(name: string): Promise<string> {
  return waitFor(`the volume of ${name}`, async () => {
    const volume = await godwit.kubectl('get', 'pvc', name, '-o', 'jsonpath={.spec.volumeName}');
    const path = join(volumes.folder, volume);
    return volume !== '' && existsSync(join(path, '.godwit-volume')) && path;
  });
}

const volumesAreGone = () => waitFor('no volume to be left', async () => readdirSync(volumes.folder).length === 0);

describe('a disk of a virtual machine', () => {
  test('that is corrupt is told, left as it is, and used once it is repaired', async () => {
    await godwit.apply(claim('corrupt', '4Mi'));
    const disk = join(await volumeOf('corrupt'), 'disk.qcow2');
    writeFileSync(disk, CORRUPT);
    await godwit.apply(machine('broken', ['corrupt']));
    const found = await waitFor('the condition', async () => {
      const synchronized = await condition('broken', 'Synchronized');
      return synchronized?.status === 'False' && synchronized;
    });
    assert.equal(found.reason, 'CorruptDisk');
    await godwit.told('broken', /Warning +CorruptDisk/);
    assert.deepEqual(readFileSync(disk), CORRUPT);
    rmSync(disk);
    await runs('broken');
    await godwit.kubectl('delete', 'vm,pvc', '--all', '--timeout=180s');
  });

  test('that the host has no space for holds the guest, which goes on when there is space', async () => {
    const write = 'for disk in vda vdb; do dd if=/dev/urandom of=/dev/$disk bs=1M count=40; done; sync';
    await godwit.apply(
      [claim('one', '40Mi'), claim('two', '40Mi'), machine('writer', ['one', 'two'], write)].join('\n---'),
    );
    const paused = await waitFor('the guest to be held', async () => condition('writer', 'Paused'));
    assert.deepEqual([paused.status, paused.reason], ['True', 'PausedIOError']);
    await godwit.told('writer', /Warning +IOerror/);
    await waitFor('its VirtualMachine to say so', () => isShown('writer', 'Paused'));
    await volumes.resize('256m');
    assert.equal((await godwit.verb('unpause', 'vm/writer')).status, 0);
    await runs('writer');
    await godwit.kubectl('delete', 'vm,pvc', '--all', '--timeout=180s');
    await volumesAreGone();
    await volumes.resize('64m');
  });
});

describe('a DataVolume', () => {
  const port = () => (web.address() as AddressInfo).port;
  /** This host, as machines reach it. */
  const outside = () => `10.${godwit.octet}.255.1:${port()}`;
  const dataVolume = (name: string, path: string, size = '4Mi', from = outside()) => `
apiVersion: cdi.kubevirt.io/v1beta1
kind: DataVolume
metadata: {name: ${name}}
spec:
  source: {http: {url: "http://${from}/${path}"}}
  storage: {storageClassName: at-once, resources: {requests: {storage: ${size}}}}`;
  const running = (found: DataVolume | undefined) => found?.status?.conditions?.find(({ type }) => type === 'Running');

  test('that would be filled with a corrupt image has failed, and says why', async () => {
    await godwit.apply(dataVolume('spoilt', 'corrupt.qcow2'));
    const found = await waitFor('the end', async () => {
      const now = await godwit.get<DataVolume>('dv', 'spoilt');
      return now?.status?.phase === 'Failed' && now;
    });
    assert.match(running(found)?.message ?? '', /image/);
  });

  test('whose source is not there, or does not answer, says so', async () => {
    await godwit.apply(dataVolume('nowhere', 'nothing.img'));
    await godwit.apply(dataVolume('deaf', 'x.img', '4Mi', `10.${godwit.octet}.255.1:1`));
    await godwit.apply(dataVolume('unknown', 'x.img', '4Mi', 'no-such-service.default'));
    for (const [name, words] of [
      ['nowhere', /404/],
      ['deaf', /ECONNREFUSED|refused/],
      ['unknown', /cannot find no-such-service.default/],
    ] as const) {
      await waitFor(`${name} to say why`, async () => words.test(running(await godwit.get('dv', name))?.message ?? ''));
    }
  });

  test('reaches what machines reach, and nothing that only this host does', async () => {
    await godwit.apply(dataVolume('inward', 'corrupt.qcow2', '4Mi', `127.0.0.1:${port()}`));
    const told = async () => running(await godwit.get('dv', 'inward'))?.message ?? '';
    await waitFor('the refusal', async () => /ECONNREFUSED/.test(await told()));
    await godwit.apply(`
apiVersion: v1
kind: Pod
metadata: {name: files, labels: {app: files}}
spec: {containers: [{name: main, image: "myapp:latest"}]}
---
apiVersion: v1
kind: Service
metadata: {name: files}
spec: {selector: {app: files}, ports: [{port: 80, targetPort: 8080}]}`);
    await godwit.apply(dataVolume('served', '', '4Mi', 'files'));
    await waitFor('a disk from a service', async () => {
      return (await godwit.get<DataVolume>('dv', 'served'))?.status?.phase === 'Succeeded';
    });
  });

  test('that the host has no space for says so at its claim', async () => {
    await godwit.apply(dataVolume('large', 'corrupt.qcow2', '1Gi'));
    await godwit.told('large', /ProvisioningFailed.*are needed/);
  });

  test('goes when it is deleted, however far it has come', async () => {
    await godwit.kubectl('delete', 'dv', '--all', '--timeout=180s');
    await volumesAreGone();
  });
});

describe('the disk of the store', () => {
  const pod =
    '{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {terminationGracePeriodSeconds: 1, containers: [{name: web, image: myapp, imagePullPolicy: IfNotPresent}]}}';
  const containers = () => processesMentioning(folder).filter(({ command }) => command.includes('conmon'));

  before(async () => {
    await godwit.apply(pod);
    await waitFor('a pod', async () => (await godwit.get<Pod>('pod', 'web'))?.status?.phase === 'Running');
    await godwit.kubectl('create', 'configmap', 'kept');
  });

  test('when it is full, writes are refused with the reason, and all else goes on', async () => {
    const before = containers();
    const content = join(mkdtempSync(join(tmpdir(), 'godwit-content-')), 'content');
    writeFileSync(content, 'x'.repeat(900_000));
    state.fill();
    // What fits into the space that the store has already is still written.
    const written: string[] = [];
    let refusal = '';
    while (refusal === '' && written.length < 20) {
      const name = `large-${written.length}`;
      const { status, stderr } = await godwit.tryKubectl(['create', 'configmap', name, `--from-file=${content}`]);
      if (status === 0) written.push(name);
      else refusal = stderr;
    }
    state.free();
    rmSync(dirname(content), { recursive: true });
    assert.match(refusal, /store is not available now, and nothing was written: .*the disk is full/);
    assert.deepEqual(containers(), before);
    await waitFor('writes to go on', async () => {
      return (await godwit.tryKubectl(['create', 'configmap', 'later'])).status === 0;
    });
    assert.equal(await godwit.get('configmap', `large-${written.length}`), undefined);
    for (const name of ['kept', ...written]) assert.ok(await godwit.get('configmap', name), name);
  });

  test('when it was damaged, the program says so and touches nothing; with a copy it goes on', async () => {
    const before = containers();
    await godwit.interrupt();
    const store = join(folder, 'store.db');
    copyFileSync(store, `${store}.copy`);
    const damaged = readFileSync(store).fill(0xee, 8192);
    writeFileSync(store, damaged);
    const { status, stderr } = await godwit.verb('up');
    assert.equal(status, 1);
    assert.match(stderr, /store cannot be read, and was left as it is; restore .*store\.db from a copy/);
    assert.deepEqual(readFileSync(store), damaged);
    assert.equal((await godwit.verb('down')).status, 1);
    assert.deepEqual(containers(), before);
    copyFileSync(`${store}.copy`, store);
    await godwit.up();
    assert.ok(await godwit.get('configmap', 'kept'));
    assert.deepEqual(containers(), before);
  });

  test('damaged beyond repair, down --purge stops the machines all the same', async () => {
    await godwit.kill();
    writeFileSync(join(folder, 'store.db'), readFileSync(join(folder, 'store.db')).fill(0xee, 8192));
    rmSync(join(folder, 'store.db-wal'), { force: true });
    const { status, stdout, stderr } = await godwit.verb('down', '--purge', '--yes');
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /machines are found by their records/);
    assert.deepEqual(containers(), []);
    assert.deepEqual(readdirSync(folder), ['volumes']);
  });
});
