import type { World } from '@godwit/base';
import type { ConfigMap, Pod, Secret, Stored } from '@godwit/kinds';
import type { ContainerMount } from '../container-driver.ts';
import type {
  ConfigurationSource,
  HostFacts,
  MountedVolumes,
  MountRequest,
  PodEvent,
  PodFolders,
  PodLogs,
  PodReporter,
  ProbeAnswer,
  Prober,
  ProbeTarget,
  WrittenStatus,
} from '../pod/index.ts';

/** Facts of a simulated host. */
export const fakeHostFacts: HostFacts = {
  nodeName: 'host-1',
  ips: ['192.0.2.1'],
  cpuMillis: 4_000,
  memoryBytes: 8 * 2 ** 30,
  ephemeralStorageBytes: 100 * 2 ** 30,
  resolverText: 'nameserver 192.0.2.53\n',
};

/** Folders that only exist as names. */
export class FakePodFolders implements PodFolders {
  /** Volumes that stand now, by pod. */
  readonly mounted = new Map<string, readonly string[]>();
  /** What the test says of disk space, by pod. */
  readonly excess = new Map<string, string>();

  mount(pod: Stored<Pod>): Promise<MountedVolumes> {
    const names = (pod.spec.volumes ?? []).map(({ name }) => name);
    this.mounted.set(pod.metadata.uid, names);
    return Promise.resolve({ paths: Object.fromEntries(names.map((name) => [name, `/volumes/${name}`])) });
  }

  list(): Promise<readonly string[]> {
    return Promise.resolve([...this.mounted.keys()]);
  }

  remove(podUid: string): Promise<void> {
    this.mounted.delete(podUid);
    return Promise.resolve();
  }

  storageExcess(pod: Stored<Pod>): Promise<string | undefined> {
    return Promise.resolve(this.excess.get(pod.metadata.uid));
  }

  containerMounts({ container, paths }: MountRequest): Promise<readonly ContainerMount[]> {
    const mounts = (container.volumeMounts ?? []).map(({ name, mountPath, readOnly }) => ({
      source: paths[name] ?? '',
      destination: mountPath,
      readOnly: readOnly === true,
    }));
    return Promise.resolve(mounts);
  }

  terminationMessage(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  logTail(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  logPath(podUid: string, container: string, attempt: number): string {
    return `/logs/${podUid}/${container}/${attempt}`;
  }
}

/** ConfigMaps and Secrets by `namespace/name`, changed by the test. */
export class FakeConfiguration implements ConfigurationSource {
  readonly configMaps = new Map<string, ConfigMap>();
  readonly secrets = new Map<string, Secret>();
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  configMap(namespace: string, name: string): Promise<ConfigMap | undefined> {
    return Promise.resolve(this.configMaps.get(`${namespace}/${name}`));
  }

  secret(namespace: string, name: string): Promise<Secret | undefined> {
    return Promise.resolve(this.secrets.get(`${namespace}/${name}`));
  }

  services(): Promise<readonly []> {
    return Promise.resolve([]);
  }

  token(): Promise<{ text: string; expiresAtMs: number }> {
    return Promise.resolve({ text: 'token', expiresAtMs: this.#world.clock.now() + 3_600_000 });
  }

  claimFolder(_namespace: string, claim: string): Promise<string> {
    return Promise.resolve(`/claims/${claim}`);
  }

  follow(): void {}

  forget(): void {}
}

/** Answers probes as the test says; good where it says nothing. */
export class FakeProber implements Prober {
  /** By `address:port`. */
  readonly answers = new Map<string, ProbeAnswer>();

  ask({ address, port }: ProbeTarget): Promise<ProbeAnswer> {
    return Promise.resolve(this.answers.get(`${address}:${port}`) ?? { ok: true, message: '' });
  }
}

/** The API as far as pods tell it things: it outlives agents. */
export class FakePodReporter implements PodReporter {
  readonly statuses = new Map<string, WrittenStatus>();
  /** All that was ever told, of all pods, oldest first. */
  readonly history: WrittenStatus[] = [];
  readonly gone = new Set<string>();
  readonly events: (PodEvent & { readonly pod: string })[] = [];

  writeStatus(pod: Stored<Pod>, status: WrittenStatus): Promise<void> {
    this.statuses.set(pod.metadata.uid, status);
    this.history.push(status);
    return Promise.resolve();
  }

  reportGone(pod: Stored<Pod>): Promise<void> {
    this.gone.add(pod.metadata.uid);
    return Promise.resolve();
  }

  event(pod: Stored<Pod>, event: PodEvent): void {
    this.events.push({ ...event, pod: pod.metadata.name });
  }
}

/** Logs that are always empty. */
export const fakePodLogs: PodLogs = {
  open: () => Promise.reject(new Error('a simulated host keeps no logs')),
};
