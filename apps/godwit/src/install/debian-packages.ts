import { spawn, spawnSync } from 'node:child_process';
import { Failure } from '@godwit/base';
import { quietUnits } from './idle-units.ts';

/** A Debian package, and one file that shows that it (or something that does its job) is there. */
export interface DebianPackage {
  readonly name: string;
  readonly provides: string;
  readonly purpose: string;
  /** Units that the package starts and enables, and that nothing of ours needs: we run these programs ourselves. */
  readonly units?: readonly string[];
}

const inPath = (command: string) => `command:${command}`;

/** The API of the host's own Podman for all of root, and what looks after containers that are not ours. */
const podmanUnits = [
  'podman.socket',
  'podman.service',
  'podman-auto-update.timer',
  'podman-auto-update.service',
  'podman-clean-transient.service',
  'podman-restart.service',
];

/** What running machines needs. */
export const runtimePackages: readonly DebianPackage[] = [
  { name: 'iproute2', provides: inPath('ip'), purpose: 'network namespaces and bridges' },
  { name: 'nftables', provides: inPath('nft'), purpose: 'service addresses and NAT' },
  { name: 'conntrack', provides: inPath('conntrack'), purpose: 'draining connections' },
  { name: 'dnsmasq-base', provides: inPath('dnsmasq'), purpose: 'DHCP and DNS for machines' },
  { name: 'haproxy', provides: inPath('haproxy'), purpose: 'load balancing', units: ['haproxy.service'] },
  { name: 'qemu-system-x86', provides: inPath('qemu-system-x86_64'), purpose: 'virtual machines' },
  { name: 'qemu-utils', provides: inPath('qemu-img'), purpose: 'disk images' },
  { name: 'ovmf', provides: '/usr/share/OVMF/OVMF_CODE_4M.fd', purpose: 'UEFI firmware for virtual machines' },
  { name: 'podman', provides: inPath('podman'), purpose: 'containers', units: podmanUnits },
  { name: 'runc', provides: inPath('runc'), purpose: 'containers' },
  { name: 'xz-utils', provides: inPath('xz'), purpose: 'unpacking kernels and disk images' },
  { name: 'ca-certificates', provides: '/etc/ssl/certs/ca-certificates.crt', purpose: 'images from registries' },
];

/** What `godwit image debian` needs besides. */
export const debianGuestPackages: readonly DebianPackage[] = [
  { name: 'mmdebstrap', provides: inPath('mmdebstrap'), purpose: 'guest images' },
  { name: 'e2fsprogs', provides: inPath('mke2fs'), purpose: 'file systems of guest images' },
];

/** What the checks and the pure tests look at our work with; without them they say what they had to skip. */
export const checkPackages: readonly DebianPackage[] = [
  { name: 'git', provides: inPath('git'), purpose: 'the file list of the checks' },
  { name: 'cpio', provides: inPath('cpio'), purpose: 'reading archives that we wrote' },
  { name: 'genisoimage', provides: inPath('isoinfo'), purpose: 'reading discs that we wrote' },
];

/** What all tests together need beside what running needs. */
export const testPackages: readonly DebianPackage[] = [
  ...checkPackages,
  ...debianGuestPackages,
  {
    name: 'postgresql',
    provides: '/usr/lib/postgresql',
    purpose: 'the PostgreSQL store',
    units: ['postgresql.service'],
  },
  { name: 'procps', provides: inPath('pgrep'), purpose: 'looking for processes that stayed' },
  { name: 'busybox-static', provides: '/var/lib/dpkg/info/busybox-static.list', purpose: 'images of test containers' },
];

/** Those of `packages` that are not there yet. */
export function missingPackages(packages: readonly DebianPackage[]): DebianPackage[] {
  return packages.filter(({ provides }) => !isThere(provides));
}

function isThere(provides: string): boolean {
  const [, command] = provides.split('command:');
  const test = command === undefined ? `test -e ${provides}` : `command -v ${command}`;
  return (
    spawnSync('sh', ['-c', test], { env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` } }).status === 0
  );
}

/** How long another apt, such as the one that a machine runs after its boot, may keep its lock. */
const LOCK_PATIENCE_SECONDS = 600;

/** Installs packages with apt, telling `say` about each. Throws `install-failed` with apt's last words. */
export async function installPackages(packages: readonly DebianPackage[], say: (line: string) => void): Promise<void> {
  if (packages.length === 0) return;
  if (process.getuid?.() !== 0) {
    const names = packages.map(({ name }) => name).join(' ');
    throw new Failure('install-failed', `missing Debian packages; as root run: apt-get install ${names}`);
  }
  for (const { name, purpose } of packages) say(`installing ${name} (${purpose})`);
  const names = packages.map(({ name }) => name);
  const patience = `DPkg::Lock::Timeout=${LOCK_PATIENCE_SECONDS}`;
  const install = ['install', '-y', '-q', '--no-install-recommends', '-o', patience, ...names];
  if ((await apt(install)).status !== 0) {
    const refresh = await apt(['update', '-q']);
    const second = await apt(install);
    // Without a network, the lists are what failed first: that packages are unknown only follows from it.
    const { lastWords } = /Failed to fetch/.test(refresh.lastWords) ? refresh : second;
    if (second.status !== 0)
      throw new Failure('install-failed', `apt-get could not install ${names.join(' ')}: ${lastWords}`);
  }
  quietUnits(packages, say);
}

function apt(args: readonly string[]): Promise<{ status: number | null; lastWords: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('apt-get', args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    let tail = '';
    const keep = (chunk: Buffer) => {
      tail = (tail + chunk.toString()).slice(-2000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, lastWords: tail.trim().split('\n').slice(-5).join('; ') }));
  });
}
