import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, describeError, Failure, together, type World } from '@godwit/base';
import { runProgram, tail } from '@godwit/base/node';
import { type Pod, parseQuantity, type Stored, type Volume } from '@godwit/kinds';
import type { ContainerMount } from '../../container-driver.ts';
import {
  type ConfigurationSource,
  type HostFacts,
  hostsFile,
  isConfigurationVolume,
  type MountedVolumes,
  type MountRequest,
  type PodFolders,
  resolverFile,
  volumeContent,
} from '../../pod/index.ts';
import { replaceFiles } from './atomic-folder.ts';
import { expandPath } from './expand-path.ts';
import { hostPath } from './host-path.ts';
import { isMountPoint } from './mount-points.ts';
import { giveToGroup } from './ownership.ts';
import { storageExcess } from './storage-use.ts';
import { subPath } from './sub-path.ts';

/** Kubernetes' own limits for the last words of a program. */
const LONGEST_MESSAGE_BYTES = 4_096;
const LONGEST_LOG_TAIL_BYTES = 2_048;

/** Memory that the containers of a pod share, where there are several; no volume name has a dot first. */
const SHARED_MEMORY = '.shm';
const SHARED_MEMORY_SIZE = '64Mi';
const RUNS_KEPT = 2;

export interface PodFolderOptions {
  /** `<state>/machines`: what stands on disk. */
  readonly folder: string;
  /** What need not outlive a reboot: configuration, secrets, memory volumes. */
  readonly runFolder: string;
  readonly configuration: ConfigurationSource;
  readonly host: HostFacts;
  readonly world: World;
}

/** PodFolders on a Linux host. */
export class PodFolderDriver implements PodFolders {
  readonly #options: PodFolderOptions;

  constructor(options: PodFolderOptions) {
    this.#options = options;
  }

  async mount(pod: Stored<Pod>): Promise<MountedVolumes> {
    const renewals: number[] = [];
    // All of them to their end, also when one fails: the next try, or the removal, must not meet what is still being made.
    const entries = await together(
      new AbortController().signal,
      (pod.spec.volumes ?? []).map((volume) => async () => {
        try {
          return [volume.name, await this.#make(pod, volume, renewals)] as const;
        } catch (error) {
          throw inWords(volume, error);
        }
      }),
    );
    const { uid } = pod.metadata;
    const etc = join(this.#runPath(uid), 'etc');
    await mkdir(etc, { recursive: true, mode: 0o755 });
    await writeSame(join(etc, 'hosts'), hostsFile(pod));
    await writeSame(join(etc, 'resolv.conf'), resolverFile(pod, this.#options.host));
    if (sharesMemory(pod)) await this.#makeMemory(uid, SHARED_MEMORY, SHARED_MEMORY_SIZE);
    return {
      paths: Object.fromEntries(entries),
      ...(renewals.length > 0 && { renewAtMs: Math.min(...renewals) }),
    };
  }

  async list(): Promise<readonly string[]> {
    const { folder, runFolder } = this.#options;
    const machines = await namesIn(folder);
    const contents = await Promise.all(machines.map((uid) => namesIn(this.#diskPath(uid))));
    const onDisk = machines.filter((_, index) => contents[index]?.includes('volumes'));
    return [...new Set([...onDisk, ...(await namesIn(join(runFolder, 'pods')))])];
  }

  async remove(podUid: string, keep: boolean): Promise<void> {
    const memory = join(this.#runPath(podUid), 'memory');
    for (const name of await namesIn(memory)) await unmount(join(memory, name));
    await rm(this.#runPath(podUid), { recursive: true, force: true });
    if (!keep) await rm(join(this.#diskPath(podUid), 'volumes'), { recursive: true, force: true });
  }

  storageExcess(pod: Stored<Pod>): Promise<string | undefined> {
    return storageExcess(pod, this.#diskPath(pod.metadata.uid));
  }

  async containerMounts(request: MountRequest): Promise<readonly ContainerMount[]> {
    const { pod, container, attempt, paths, variables } = request;
    const { uid } = pod.metadata;
    await this.#forgetRun(uid, container.name, attempt - RUNS_KEPT);
    const mounts: ContainerMount[] = [];
    for (const mount of container.volumeMounts ?? []) {
      const folder = paths[mount.name];
      if (folder === undefined) throw new Failure('configuration-error', `there is no volume "${mount.name}"`);
      const inside = mount.subPathExpr ? expandPath(mount.subPathExpr, variables) : mount.subPath;
      const source = inside ? await subPath(folder, inside) : folder;
      const readOnly = mount.readOnly === true || this.#isReadOnly(pod, mount.name);
      const propagation = propagations[mount.mountPropagation ?? 'None'];
      mounts.push({ source, destination: mount.mountPath, readOnly, propagation });
    }
    const taken = new Set(mounts.map(({ destination }) => destination));
    const own = [...this.#systemFiles(pod), await this.#terminationLog(uid, request, attempt)];
    return [...mounts, ...own.filter(({ destination }) => !taken.has(destination))];
  }

  async terminationMessage(podUid: string, container: string, attempt: number): Promise<string | undefined> {
    return readEnd(this.#terminationPath(podUid, container, attempt), LONGEST_MESSAGE_BYTES);
  }

  async logTail(podUid: string, container: string, attempt: number): Promise<string | undefined> {
    const text = await readEnd(this.logPath(podUid, container, attempt), LONGEST_LOG_TAIL_BYTES * 2);
    const lines = (text ?? '').split('\n').map((line) => line.split(' ').slice(3).join(' '));
    return lines.slice(-80).join('\n').slice(-LONGEST_LOG_TAIL_BYTES);
  }

  logPath(podUid: string, container: string, attempt: number): string {
    return join(this.#diskPath(podUid), 'logs', container, `${attempt}.log`);
  }

  #diskPath(uid: string): string {
    return join(this.#options.folder, uid);
  }

  #runPath(uid: string): string {
    return join(this.#options.runFolder, 'pods', uid);
  }

  #terminationPath(uid: string, container: string, attempt: number): string {
    return join(this.#diskPath(uid), 'termination', container, String(attempt));
  }

  /** What a run long ago left: only the last one and the one before can be asked for. */
  async #forgetRun(uid: string, container: string, attempt: number): Promise<void> {
    if (attempt < 0) return;
    const log = this.logPath(uid, container, attempt);
    const paths = [log, `${log}.1`, this.#terminationPath(uid, container, attempt)];
    await Promise.all(paths.map((path) => rm(path, { force: true })));
  }

  /** Files that every container sees; those of the host where the pod uses its network. */
  #systemFiles(pod: Stored<Pod>): readonly ContainerMount[] {
    const etc = join(this.#runPath(pod.metadata.uid), 'etc');
    const memory = join(this.#runPath(pod.metadata.uid), 'memory', SHARED_MEMORY);
    const shared = sharesMemory(pod) ? [{ source: memory, destination: '/dev/shm', readOnly: false }] : [];
    const hosts = pod.spec.hostNetwork && !pod.spec.hostAliases ? '/etc/hosts' : join(etc, 'hosts');
    return [
      ...shared,
      { source: hosts, destination: '/etc/hosts', readOnly: false },
      { source: join(etc, 'resolv.conf'), destination: '/etc/resolv.conf', readOnly: false },
    ];
  }

  async #terminationLog(uid: string, { container }: MountRequest, attempt: number): Promise<ContainerMount> {
    const source = this.#terminationPath(uid, container.name, attempt);
    await mkdir(join(source, '..'), { recursive: true });
    await writeFile(source, '', { flag: 'a' });
    await chmod(source, 0o666);
    return { source, destination: container.terminationMessagePath ?? '/dev/termination-log', readOnly: false };
  }

  #isReadOnly(pod: Stored<Pod>, name: string): boolean {
    const volume = pod.spec.volumes?.find((one) => one.name === name);
    if (!volume) return false;
    return isConfigurationVolume(volume) || volume.persistentVolumeClaim?.readOnly === true;
  }

  /** Makes one volume and answers its folder. */
  async #make(pod: Stored<Pod>, volume: Volume, renewals: number[]): Promise<string> {
    if (isConfigurationVolume(volume)) return this.#makeConfiguration(pod, volume, renewals);
    if (volume.hostPath) return hostPath(volume.hostPath.path, volume.hostPath.type ?? '');
    const group = pod.spec.securityContext?.fsGroup;
    const onMismatch = pod.spec.securityContext?.fsGroupChangePolicy === 'OnRootMismatch';
    const folder = await this.#makeStorage(pod, volume);
    if (group !== undefined) await giveToGroup(folder, group, onMismatch);
    return folder;
  }

  async #makeStorage(pod: Stored<Pod>, volume: Volume): Promise<string> {
    const { uid, namespace = '', name: podName } = pod.metadata;
    const { emptyDir, persistentVolumeClaim, ephemeral, name } = volume;
    if (persistentVolumeClaim || ephemeral) {
      const claim = persistentVolumeClaim?.claimName ?? `${podName}-${name}`;
      return this.#options.configuration.claimFolder(namespace, claim);
    }
    if (!emptyDir && Object.keys(volume).length > 1) {
      const source = Object.keys(volume).find((key) => key !== 'name') ?? '';
      throw new Failure('volume-unsupported', `volumes of type ${source} are not supported`);
    }
    if (emptyDir?.medium === 'Memory') return this.#makeMemory(uid, name, emptyDir.sizeLimit);
    const folder = join(this.#diskPath(uid), 'volumes', name);
    await mkdir(folder, { recursive: true });
    // World-writable like Kubernetes' own: any user of the pod may write.
    await chmod(folder, 0o777);
    return folder;
  }

  async #makeMemory(uid: string, name: string, sizeLimit: string | number | undefined): Promise<string> {
    const folder = join(this.#runPath(uid), 'memory', name);
    await mkdir(folder, { recursive: true });
    if (await isMountPoint(folder)) return folder;
    const size = parseQuantity(sizeLimit);
    const options = size ? `mode=1777,size=${Math.floor(size)}` : 'mode=1777';
    await runProgram('mount', ['-t', 'tmpfs', '-o', options, 'godwit', folder]);
    return folder;
  }

  async #makeConfiguration(pod: Stored<Pod>, volume: Volume, renewals: number[]): Promise<string> {
    const { configuration: source, host, world } = this.#options;
    const folder = join(this.#runPath(pod.metadata.uid), 'volumes', volume.name);
    const content = await volumeContent(volume, { pod, source, host, nowMs: world.clock.now() });
    if (content.renewAtMs !== undefined) renewals.push(content.renewAtMs);
    const hash = createHash('sha256');
    for (const { path, mode, bytes } of content.files) hash.update(`${path}\0${mode}\0${bytes.length}\0`).update(bytes);
    await replaceFiles(folder, hash.digest('hex').slice(0, 16), content.files, pod.spec.securityContext?.fsGroup);
    return folder;
  }
}

function sharesMemory({ spec }: Pod): boolean {
  return spec.containers.length + (spec.initContainers?.length ?? 0) > 1 && !spec.hostIPC;
}

function inWords({ name }: Volume, error: unknown): Failure {
  const message = `MountVolume.SetUp failed for volume "${name}": ${describeError(error)}`;
  return new Failure(codeOf(error), message, { retryable: true });
}

const propagations = { None: 'private', HostToContainer: 'rslave', Bidirectional: 'rshared' } as const;

/** Writes a file in place, so that containers that mount it see the change. */
async function writeSame(path: string, text: string): Promise<void> {
  const before = await readFile(path, 'utf8').catch(() => undefined);
  if (before !== text) await writeFile(path, text);
}

async function readEnd(path: string, mostBytes: number): Promise<string | undefined> {
  return new TextDecoder().decode(await tail(path, mostBytes)) || undefined;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}

async function unmount(folder: string): Promise<void> {
  if (await isMountPoint(folder)) await runProgram('umount', ['--lazy', folder]);
}
