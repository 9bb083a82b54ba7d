import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '@godwit/base/node';
import type { GuestOptions } from '../guest-options.ts';

const PACKAGES = [
  'linux-image-amd64',
  'initramfs-tools',
  'systemd-sysv',
  'systemd-resolved',
  'dbus',
  'udev',
  'kmod',
  'iproute2',
  'ca-certificates',
  'curl',
  'netplan.io',
  'cloud-init',
  'cloud-guest-utils',
  'e2fsprogs',
  'openssh-server',
  'sudo',
  'qemu-guest-agent',
  'acpid',
];

/** What a machine of any bus needs to find its disk; everything else is loaded from there. */
const BOOT_MODULES = [
  'virtio_pci',
  'virtio_blk',
  'virtio_scsi',
  'virtio_net',
  'ahci',
  'sd_mod',
  'sr_mod',
  'ext4',
  'isofs',
  'usb_storage',
  'xhci_pci',
];

/** Files written into the new system, by path. */
function systemFiles(rootLabel: string): Readonly<Record<string, string>> {
  return {
    'etc/fstab': `LABEL=${rootLabel} / ext4 defaults,errors=remount-ro 0 1\n`,
    'etc/initramfs-tools/conf.d/godwit': 'MODULES=list\nCOMPRESS=gzip\n',
    'etc/initramfs-tools/modules': `${BOOT_MODULES.join('\n')}\n`,
    'etc/cloud/cloud.cfg.d/90_godwit.cfg': [
      '# Where a seed may come from: disks only, so that nobody waits for a network that has none.',
      'datasource_list: [NoCloud, ConfigDrive, None]',
      '# The only one that a small system has.',
      'locale: C.UTF-8',
      'growpart: {mode: auto, devices: ["/"]}',
      '',
    ].join('\n'),
    'etc/modprobe.d/godwit.conf': 'blacklist floppy\n',
  };
}

/** The release that this machine runs. */
export async function debianSuite(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8');
  return /^VERSION_CODENAME=(\S+)$/m.exec(text)?.[1] ?? 'stable';
}

/** Changes when the recipe or the release does; a month at most keeps a guest from growing stale. */
export async function debianStamp(suite: string): Promise<string> {
  const recipe = JSON.stringify([suite, PACKAGES, BOOT_MODULES, systemFiles('')]);
  return Promise.resolve(createHash('sha256').update(recipe).digest('hex').slice(0, 32));
}

/** Installs the system into a folder, by mmdebstrap. */
export async function installDebian(
  folder: string,
  suite: string,
  rootLabel: string,
  options: GuestOptions,
): Promise<void> {
  const hooks = await mkdtemp(join(options.folder, 'hooks-'));
  try {
    const essential = join(hooks, 'essential');
    const writes = Object.entries(systemFiles(rootLabel)).map(([path, text]) => {
      return `mkdir -p "$1/$(dirname ${path})"\ncat > "$1/${path}" <<'END'\n${text}END`;
    });
    // Written before the kernel is configured, so that its initial RAM disk is made as they say.
    await writeFile(essential, `#!/bin/sh\nset -e\n${writes.join('\n')}\n`, { mode: 0o755 });
    const customise = join(hooks, 'customise');
    await writeFile(customise, CUSTOMISE, { mode: 0o755 });
    await runProgram(
      'mmdebstrap',
      [
        '--mode=root',
        '--variant=minbase',
        '--quiet',
        `--include=${PACKAGES.join(',')}`,
        '--aptopt=Apt::Install-Recommends "false"',
        '--dpkgopt=path-exclude=/usr/share/doc/*',
        '--dpkgopt=path-exclude=/usr/share/man/*',
        '--dpkgopt=path-exclude=/usr/share/locale/*',
        `--essential-hook=${essential}`,
        `--customize-hook=${customise}`,
        suite,
        folder,
      ],
      options.signal ? { signal: options.signal } : {},
    );
  } finally {
    await rm(hooks, { recursive: true, force: true });
  }
}

/** Every guest makes its own keys and identity at its first boot. */
const CUSTOMISE = `#!/bin/sh
set -e
rm -f "$1"/etc/ssh/ssh_host_*_key* "$1"/etc/machine-id "$1"/var/lib/dbus/machine-id
: > "$1"/etc/machine-id
echo debian > "$1"/etc/hostname
chroot "$1" systemctl enable serial-getty@ttyS0.service systemd-networkd.service systemd-resolved.service
chroot "$1" passwd -l root
`;
