import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Failure } from '@godwit/base';

const run = promisify(execFile);

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
  readonly cgroupParent: string;
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
  const host = await hostStore();
  const paths = {
    storage: join(folder, 'storage.conf'),
    ownStorage: join(folder, 'own-storage.conf'),
    containers: join(folder, 'containers.conf'),
  };
  const systemd = existsSync('/run/systemd/system');
  await Promise.all([
    writeFile(paths.storage, storageSettings(graphRoot, runRoot, host?.graphRoot)),
    writeFile(paths.ownStorage, storageSettings(graphRoot, runRoot, undefined)),
    writeFile(paths.containers, await engineSettings(temporary, systemd)),
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
    hostGraphRoot: host?.graphRoot,
    hostRunRoot: host?.runRoot,
    cgroupParent: systemd ? `${options.cgroup}.slice` : `/${options.cgroup}`,
  };
}

/** The host's ordinary store, as Podman itself sees it; undefined where it cannot be told. */
async function hostStore(): Promise<{ graphRoot: string; runRoot: string } | undefined> {
  const format = '{{.Store.GraphRoot}}|{{.Store.RunRoot}}|{{.Store.GraphDriverName}}';
  try {
    const { stdout } = await run('podman', ['info', '--format', format], { timeout: 30_000 });
    const [graphRoot, runRoot, driver] = stdout.trim().split('|');
    // Only a store of the same kind can be shared.
    return graphRoot && runRoot && driver === 'overlay' ? { graphRoot, runRoot } : undefined;
  } catch (cause) {
    throw new Failure('engine-missing', 'podman cannot be run; install the packages podman, crun, runc and conmon', {
      cause,
    });
  }
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

async function engineSettings(temporary: string, systemd: boolean): Promise<string> {
  const limits = await readFile('/proc/self/limits', 'utf8');
  const files = Math.min(hardLimit(limits, 'Max open files'), MOST_FILES);
  // Podman lowers its own limit to the largest process number, and runc may not raise it again.
  const largestPid = Number(await readFile('/proc/sys/kernel/pid_max', 'utf8'));
  const processes = Math.min(hardLimit(limits, 'Max processes'), largestPid);
  // crun refuses hosts where some controllers are in cgroup v1 and others in v2; runc does not.
  const hybrid = existsSync('/sys/fs/cgroup/unified') && !existsSync('/sys/fs/cgroup/cgroup.controllers');
  return `[containers]
default_ulimits = ["nofile=${files}:${files}", "nproc=${processes}:${processes}"]
default_capabilities = ${JSON.stringify(capabilities)}
log_driver = "k8s-file"
[engine]
${hybrid ? 'runtime = "runc"' : ''}
cgroup_manager = ${systemd ? '"systemd"' : '"cgroupfs"'}
events_logger = "none"
lock_type = "file"
tmp_dir = ${JSON.stringify(temporary)}
`;
}

/** The hard limit of a line of /proc/self/limits. */
function hardLimit(limits: string, name: string): number {
  const line = limits.split('\n').find((text) => text.startsWith(name)) ?? '';
  const word = line.slice(name.length).trim().split(/\s+/)[1];
  return word === 'unlimited' || word === undefined ? MOST_FILES : Number(word);
}
