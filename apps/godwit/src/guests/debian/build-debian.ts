import { copyFile, link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@godwit/base';
import { exists, runProgram } from '@godwit/base/node';
import { buildBootDisk } from '../boot-disk.ts';
import { imageStamp, storeImage } from '../container-image.ts';
import type { BuiltGuest, GuestOptions } from '../guest-options.ts';
import { debianStamp, debianSuite, installDebian } from './debian-system.ts';

/** Name of the Debian guest in the host's image store. */
export const debianImage = 'localhost/godwit/debian:latest';

const ROOT_LABEL = 'godwit-root';
/** Size of the guest's file system; cloud-init grows it to whatever disk it finds itself on. */
const ROOT_BYTES = 3 * 1024 ** 3;

/** Arguments with which its kernel finds its disk and talks on the serial console. */
export const debianKernelArguments = `root=LABEL=${ROOT_LABEL} ro console=tty0 console=ttyS0 net.ifnames=0`;

/**
 * Builds a whole Debian: the release of this machine, with cloud-init, sshd and the guest agent. Takes minutes, and
 * about 4 GB of space while it does.
 */
export async function buildDebianGuest(options: GuestOptions): Promise<BuiltGuest> {
  await mkdir(options.folder, { recursive: true });
  const suite = await debianSuite();
  const stamp = await debianStamp(suite);
  const disk = join(options.folder, 'debian.qcow2');
  if (!options.force && (await imageStamp(debianImage)) === stamp && (await exists(disk))) {
    return { image: debianImage, disk, built: false };
  }
  const draft = join(options.folder, 'debian');
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  options.progress(`installing Debian ${suite} into a folder`);
  const system = join(draft, 'system');
  await installDebian(system, suite, ROOT_LABEL, options);
  const { kernel, initrd } = await bootFiles(system);
  options.progress('writing its disk');
  const root = join(draft, 'root.ext4');
  await writeFile(root, '');
  const program = options.signal ? { signal: options.signal } : {};
  await runProgram('truncate', ['-s', String(ROOT_BYTES), root], program);
  const features = ['-O', '^metadata_csum_seed,^orphan_file', '-E', 'lazy_itable_init=1'];
  await runProgram('mke2fs', ['-q', '-F', '-t', 'ext4', ...features, '-L', ROOT_LABEL, '-d', system, root], program)
    // Older e2fsprogs do not know features of newer ones.
    .catch(() => runProgram('mke2fs', ['-q', '-F', '-t', 'ext4', '-L', ROOT_LABEL, '-d', system, root], program));
  await buildBootDisk({ kernel, initrd, kernelArguments: debianKernelArguments, root, target: disk }, options);
  options.progress(`storing ${debianImage}`);
  const tree = join(draft, 'image');
  await mkdir(join(tree, 'boot'), { recursive: true });
  await mkdir(join(tree, 'disk'));
  await writeFile(join(tree, 'boot/vmlinuz'), kernel);
  await writeFile(join(tree, 'boot/initrd'), initrd);
  await link(disk, join(tree, 'disk/disk.qcow2')).catch(() => copyFile(disk, join(tree, 'disk/disk.qcow2')));
  await storeImage(tree, debianImage, stamp, options);
  await rm(draft, { recursive: true, force: true });
  return { image: debianImage, disk, built: true };
}

async function bootFiles(system: string): Promise<{ kernel: Buffer; initrd: Buffer }> {
  const names = await readdir(join(system, 'boot'));
  const find = async (prefix: string) => {
    const name = names.find((entry) => entry.startsWith(prefix));
    if (!name) throw new Failure('bad-kernel', `the new system has no /boot/${prefix}*`);
    return readFile(join(system, 'boot', name));
  };
  return { kernel: await find('vmlinuz-'), initrd: await find('initrd.img-') };
}
