import { spawn } from 'node:child_process';
import { access, constants, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import { type Clock, codeOf, describeError } from '@godwit/base';
import type { Acceleration } from '../../hypervisor-driver.ts';
import { FIRST_WORDS, firstProgramArchive } from './first-program.ts';

export interface ProveOptions {
  readonly clock: Clock;
  /** The answer is kept here, for this kernel and this boot: `<state>`. */
  readonly folder: string;
  /** Kernels to try with after the host's own, such as those of images laid out under `<state>/images`. */
  readonly kernels?: readonly string[];
  readonly device?: string;
  readonly program?: string;
  /** How long a kernel may take to its first program, in milliseconds. */
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 5_000;

/**
 * KVM where it is proven by a real kernel, else TCG and why. The proof costs a second or two where KVM works and the
 * deadline where it hangs, once a boot of the host.
 */
export async function proveAcceleration(options: ProveOptions): Promise<Acceleration> {
  const device = options.device ?? '/dev/kvm';
  const refusal = await refusedDevice(device);
  if (refusal) return { type: 'tcg', reason: refusal };
  const kernel = await findKernel(options.kernels ?? []);
  if (!kernel) {
    return { type: 'tcg', reason: `${device} is there, but no kernel to prove it with: there is none in /boot` };
  }
  const key = `${release()} ${await bootId()} ${device}`;
  const known = await readAnswer(options.folder, key);
  if (known) return known;
  const answer = await prove(kernel, options);
  await writeAnswer(options.folder, key, answer);
  return answer;
}

async function refusedDevice(device: string): Promise<string | undefined> {
  try {
    await access(device, constants.R_OK | constants.W_OK);
    return undefined;
  } catch (error) {
    return codeOf(error) === 'ENOENT'
      ? `there is no ${device}: this processor, or the machine around it, offers no virtualisation`
      : `${device} may not be opened: ${describeError(error)}`;
  }
}

/** The host's own kernel, the newest in /boot, or one of those that are offered. */
async function findKernel(offered: readonly string[]): Promise<string | undefined> {
  const names = await readdir('/boot').catch(() => [] as string[]);
  const images = names
    .filter((name) => name.startsWith('vmlinuz-'))
    .sort()
    .reverse();
  const own = `vmlinuz-${release()}`;
  const candidates = [...(images.includes(own) ? [own] : []), ...images].map((name) => join('/boot', name));
  for (const path of [...candidates, ...offered]) {
    const readable = await access(path, constants.R_OK).then(
      () => true,
      () => false,
    );
    if (readable) return path;
  }
  return undefined;
}

async function prove(kernel: string, options: ProveOptions): Promise<Acceleration> {
  await mkdir(options.folder, { recursive: true });
  const folder = await mkdtemp(join(options.folder, 'prove-'));
  const deadlineMs = options.deadlineMs ?? DEADLINE_MS;
  const startedMs = options.clock.monotonic();
  try {
    const initrd = join(folder, 'initrd');
    await writeFile(initrd, firstProgramArchive());
    const said = await boot(kernel, initrd, options, deadlineMs);
    const tookMs = Math.round(options.clock.monotonic() - startedMs);
    if (said.includes(FIRST_WORDS)) return { type: 'kvm', reason: `a kernel reached userland in ${tookMs} ms` };
    const last = said.trim().split('\n').at(-1)?.trim() || 'nothing';
    const reason = `KVM started a kernel that did not reach userland within ${deadlineMs} ms (its last word: ${last})`;
    return { type: 'tcg', reason };
  } catch (error) {
    return { type: 'tcg', reason: `KVM cannot be tried: ${describeError(error)}` };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the guest says on its console until it has said the words, has ended, or time is up. */
function boot(kernel: string, initrd: string, options: ProveOptions, deadlineMs: number): Promise<string> {
  const hardware = ['-nodefaults', '-machine', 'q35,sata=off', '-accel', 'kvm', '-cpu', 'host', '-m', '256'];
  const console = ['-no-user-config', '-display', 'none', '-no-reboot', '-serial', 'stdio'];
  const system = ['-kernel', kernel, '-initrd', initrd, '-append', 'console=ttyS0 panic=-1'];
  const args = [...hardware, ...console, ...system];
  return new Promise((resolve, reject) => {
    // Should this process be killed meanwhile, nobody else would ever end a guest that hangs.
    const bound = ['--pdeathsig', 'KILL', options.program ?? 'qemu-system-x86_64', ...args];
    const child = spawn('setpriv', bound, { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    const timer = options.clock.after(deadlineMs, () => child.kill('SIGKILL'));
    const hear = (part: Buffer) => {
      said += part.toString('latin1');
      if (said.includes(FIRST_WORDS)) child.kill('SIGKILL');
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', reject);
    child.on('close', () => {
      timer.cancel();
      resolve(said);
    });
  });
}

async function bootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
}

async function readAnswer(folder: string, key: string): Promise<Acceleration | undefined> {
  try {
    const known = JSON.parse(await readFile(join(folder, 'acceleration.json'), 'utf8')) as Acceleration & {
      key: string;
    };
    return known.key === key ? { type: known.type, reason: known.reason } : undefined;
  } catch {
    // Absent or torn: it is found out again.
    return undefined;
  }
}

async function writeAnswer(folder: string, key: string, answer: Acceleration): Promise<void> {
  const path = join(folder, 'acceleration.json');
  await writeFile(`${path}.new`, JSON.stringify({ key, ...answer }));
  await rename(`${path}.new`, path);
}
