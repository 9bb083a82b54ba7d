import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hostEngine } from './host-engine.ts';
import { lowestOomScore } from './host-rights.ts';
import { writeMonitorProgram } from './monitor-program.ts';

export interface PodmanOptions {
  /** `<state>/containers`: images, container file systems, settings. */
  readonly folder: string;
  /** What need not outlive a reboot, such as `/run/godwit/<hash>`. */
  readonly runFolder: string;
  /** Names our cgroups, so that two Godwits on one host do not meet: `godwit-<hash>`. */
  readonly cgroup: string;
}

/** Where things are, once the settings are written. */
export interface PodmanPlaces {
  readonly environment: NodeJS.ProcessEnv;
  /** The same, but without the host's store: for copying images into ours. */
  readonly ownStoreEnvironment: NodeJS.ProcessEnv;
  readonly socketPath: string;
  readonly servicePidPath: string;
  readonly exitFolder: string;
  readonly graphRoot: string;
  readonly pinsPath: string;
  readonly hostGraphRoot: string | undefined;
  readonly hostRunRoot: string | undefined;
  /** As Podman wants it: a slice under systemd, else a path. */
  readonly cgroupParent: string;
  /** Where that is below each hierarchy of /sys/fs/cgroup. */
  readonly cgroupPath: string;
  readonly lowestOomScore: number;
  /** Whether the kernel can limit memory and swap together. */
  readonly countsSwap: boolean;
  /** `runc` or `crun`: what runs the containers. */
  readonly runtime: string;
}

/** Capabilities as Kubernetes' runtimes give them by default. */
const capabilities = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'NET_RAW',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];

/** How long the monitor of a session outlives it, so that its exit code can be asked for. */
const SESSION_MEMORY_SECONDS = 5;

/** Most open files and processes that a container is given, where the host allows them. */
const MOST_FILES = 1_048_576;

/**
 * Writes settings that keep our containers apart from the host's: an own graphroot, runroot, lock files and
 * exit files, while the host's ordinary store can be read. Never `--root`: the host's images would be unseen.
 */
export async function configurePodman(options: PodmanOptions): Promise<PodmanPlaces> {
  const { folder, runFolder } = options;
  const graphRoot = join(folder, 'storage');
  const runRoot = join(runFolder, 'storage');
  const temporary = join(runFolder, 'libpod');
  await Promise.all([graphRoot, runRoot, temporary].map((path) => mkdir(path, { recursive: true, mode: 0o711 })));
  const host = await hostEngine(join(folder, 'host-engine.json'));
  const paths = {
    storage: join(folder, 'storage.conf'),
    ownStorage: join(folder, 'own-storage.conf'),
    containers: join(folder, 'containers.conf'),
    monitor: join(folder, 'monitor'),
  };
  const systemd = existsSync('/run/systemd/system');
  const runtime = isHybrid() ? 'runc' : host.runtime;
  await Promise.all([
    replace(paths.storage, storageSettings(graphRoot, runRoot, host.store?.graphRoot)),
    replace(paths.ownStorage, storageSettings(graphRoot, runRoot, undefined)),
    replace(paths.containers, await engineSettings(temporary, paths.monitor, systemd, runtime)),
    writeMonitorProgram(paths.monitor, host.conmon),
  ]);
  const base = { ...process.env, CONTAINERS_CONF: paths.containers };
  return {
    environment: { ...base, CONTAINERS_STORAGE_CONF: paths.storage },
    ownStoreEnvironment: { ...base, CONTAINERS_STORAGE_CONF: paths.ownStorage },
    socketPath: join(runFolder, 'podman.sock'),
    servicePidPath: join(runFolder, 'podman.pid'),
    exitFolder: join(temporary, 'exits'),
    graphRoot,
    pinsPath: join(folder, 'pins.json'),
    hostGraphRoot: host.store?.graphRoot,
    hostRunRoot: host.store?.runRoot,
    runtime,
    lowestOomScore: await lowestOomScore(),
    countsSwap: isUnified() || existsSync('/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes'),
    cgroupParent: systemd ? `${options.cgroup}.slice` : `/${options.cgroup}`,
    cgroupPath: systemd ? slicePath(options.cgroup) : `/${options.cgroup}`,
  };
}

/** At once: virtual machines that were found again may be asking the engine for their images by these files. */
async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

/** Dashes in the name of a slice are levels: `a-b.slice` lies in `a.slice`. */
function slicePath(name: string): string {
  const parts = name.split('-');
  return parts.map((_part, index) => `/${parts.slice(0, index + 1).join('-')}.slice`).join('');
}

function storageSettings(graphRoot: string, runRoot: string, additional: string | undefined): string {
  const stores = additional === undefined ? '' : `additionalimagestores = [${JSON.stringify(additional)}]\n`;
  return `[storage]
driver = "overlay"
graphroot = ${JSON.stringify(graphRoot)}
runroot = ${JSON.stringify(runRoot)}
[storage.options]
${stores}`;
}

async function engineSettings(temporary: string, monitor: string, systemd: boolean, runtime: string): Promise<string> {
  const limits = await readFile('/proc/self/limits', 'utf8');
  const files = Math.min(hardLimit(limits, 'Max open files'), MOST_FILES);
  // Podman lowers its own limit to the largest process number, and runc may not raise it again.
  const largestPid = Number(await readFile('/proc/sys/kernel/pid_max', 'utf8'));
  const processes = Math.min(hardLimit(limits, 'Max processes'), largestPid);
  return `[containers]
default_ulimits = ["nofile=${files}:${files}", "nproc=${processes}:${processes}"]
default_capabilities = ${JSON.stringify(capabilities)}
log_driver = "k8s-file"
[engine]
runtime = ${JSON.stringify(runtime)}
conmon_path = [${JSON.stringify(monitor)}]
exit_command_delay = ${SESSION_MEMORY_SECONDS}
cgroup_manager = ${systemd ? '"systemd"' : '"cgroupfs"'}
events_logger = "none"
lock_type = "file"
tmp_dir = ${JSON.stringify(temporary)}
`;
}

/** crun refuses hosts where some controllers are in cgroup v1 and others in v2; runc does not. */
function isHybrid(): boolean {
  return existsSync('/sys/fs/cgroup/unified') && !isUnified();
}

/** Whether all controllers are in cgroup v2. */
function isUnified(): boolean {
  return existsSync('/sys/fs/cgroup/cgroup.controllers');
}

/** The hard limit of a line of /proc/self/limits. */
function hardLimit(limits: string, name: string): number {
  const line = limits.split('\n').find((text) => text.startsWith(name)) ?? '';
  const word = line.slice(name.length).trim().split(/\s+/)[1];
  return word === 'unlimited' || word === undefined ? MOST_FILES : Number(word);
}
