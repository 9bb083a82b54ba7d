import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pod, Stored } from '@godwit/kinds';
import { FakeConfiguration, FakePodReporter, fakeHostFacts } from '../../../fake/index.ts';
import { PodManager } from '../../../pod/index.ts';
import { NetworkHarness, whyNoNetwork } from '../../network/test-support/network-harness.ts';
import { ContainerLogs, PodFolderDriver } from '../../pod-volumes/index.ts';
import { PodmanDriver } from '../../podman/index.ts';
import { FileRecords } from '../../records/file-records.ts';
import { NetworkProber } from '../network-prober.ts';

/** Image of the tests: Debian's static busybox and nothing else. */
export const TEST_IMAGE = 'localhost/godwit-pod-test:latest';

/** Why these tests cannot run here; undefined when they can. */
export function whyNoPodman(): string | undefined {
  const network = whyNoNetwork();
  if (network) return network;
  const folders = `${process.env.PATH}:/usr/sbin:/sbin`.split(':');
  const missing = ['podman', 'runc', 'conmon'].filter((tool) => !folders.some((one) => existsSync(join(one, tool))));
  if (missing.length > 0) return `needs ${missing.join(', ')}`;
  return existsSync('/bin/busybox') ? undefined : 'needs busybox-static';
}

/** Builds the image of the tests into the host's ordinary store, as a user would. `mark` tells builds apart. */
export async function buildTestImage(name = TEST_IMAGE, mark = 'one'): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'godwit-image-'));
  const script = [
    'mkdir -p root/bin root/tmp root/etc root/data',
    'cp /bin/busybox root/bin/',
    'for name in $(/bin/busybox --list); do [ $name = busybox ] || ln -s busybox root/bin/$name; done',
    "printf 'root:x:0:0:root:/:/bin/sh\\n' > root/etc/passwd",
    `printf 'FROM scratch\\nLABEL mark=%s\\nCOPY root /\\nCMD ["/bin/sleep", "100000"]\\n' ${mark} > Containerfile`,
    `podman build --quiet -t ${name} .`,
  ];
  execFileSync('sh', ['-ec', script.join('\n')], { cwd: folder, stdio: 'pipe' });
  await rm(folder, { recursive: true });
}

/** Pods on this machine with a real engine and a real data plane of their own. */
export class PodHarness {
  readonly network: NetworkHarness;
  readonly reporter = new FakePodReporter();
  readonly configuration: FakeConfiguration;
  readonly folder: string;
  readonly containers: PodmanDriver[] = [];
  readonly #objects = new Map<string, Stored<Pod>>();
  #serial = 10;
  pods: PodManager;

  private constructor(network: NetworkHarness, folder: string) {
    this.network = network;
    this.folder = folder;
    this.configuration = new FakeConfiguration(network.world);
    this.pods = this.#open();
  }

  static async open(name: string): Promise<PodHarness> {
    const network = new NetworkHarness(name);
    await network.driver.start();
    const harness = new PodHarness(network, await mkdtemp(join(tmpdir(), 'godwit-pods-')));
    await harness.pods.adopt();
    return harness;
  }

  #open(): PodManager {
    const { world } = this.network;
    const runFolder = join(this.folder, 'run');
    const machines = join(this.folder, 'machines');
    const cgroup = `godwit-${this.network.instanceId}`;
    const containers = new PodmanDriver({ folder: join(this.folder, 'containers'), runFolder, cgroup }, world);
    this.containers.push(containers);
    const { configuration, reporter } = this;
    return new PodManager({
      records: new FileRecords(machines, 'pod'),
      logs: new ContainerLogs(world),
      tools: {
        world,
        containers,
        network: this.network.driver,
        configuration,
        reporter,
        host: fakeHostFacts,
        prober: new NetworkProber(),
        folders: new PodFolderDriver({ folder: machines, runFolder, configuration, host: fakeHostFacts, world }),
      },
    });
  }

  get driver(): PodmanDriver {
    return this.containers.at(-1) as PodmanDriver;
  }

  /** Another program over the same folders, as after a kill -9. */
  async reopen(): Promise<void> {
    await this.pods.release();
    this.pods = this.#open();
    await this.pods.adopt();
    for (const pod of this.#objects.values()) this.pods.ensure(pod);
  }

  /** A pod with an address, not handed over yet. */
  pod(
    spec: Partial<Pod['spec']> & Pick<Pod['spec'], 'containers'>,
    metadata: Partial<Pod['metadata']> = {},
  ): Stored<Pod> {
    const serial = this.#serial++;
    const address = {
      network: 'default',
      ip: `${this.network.prefix}.0.${serial}`,
      prefixLength: 17,
      gateway: `${this.network.prefix}.0.1`,
      mac: `0a:58:0a:00:00:${serial.toString(16).padStart(2, '0')}`,
      dnsServers: [`${this.network.prefix}.0.1`],
      searchDomains: [],
      mtu: 1500,
    };
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `pod-${serial}`,
        namespace: 'default',
        uid: `0000-${this.network.instanceId}-${serial}`,
        resourceVersion: '1',
        creationTimestamp: '2026-01-01T00:00:00Z',
        ...metadata,
        annotations: { 'network.godwit.dev/addresses': JSON.stringify([address]), ...metadata.annotations },
      },
      spec: { nodeName: 'host-1', terminationGracePeriodSeconds: 2, ...spec },
    };
  }

  ensure(pod: Stored<Pod>): void {
    this.#objects.set(pod.metadata.uid, pod);
    this.pods.ensure(pod);
  }

  delete(pod: Stored<Pod>): void {
    const seconds = pod.spec.terminationGracePeriodSeconds ?? 30;
    const deletionTimestamp = new Date(this.network.world.clock.now() + seconds * 1000).toISOString();
    this.ensure({ ...pod, metadata: { ...pod.metadata, deletionTimestamp, deletionGracePeriodSeconds: seconds } });
    this.#objects.delete(pod.metadata.uid);
  }

  status(pod: Stored<Pod>) {
    return this.reporter.statuses.get(pod.metadata.uid);
  }

  isReady(pod: Stored<Pod>): boolean {
    return this.status(pod)?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
  }

  async untilReady(pod: Stored<Pod>): Promise<void> {
    await until(
      'ready',
      () => this.isReady(pod),
      () => [this.status(pod), this.reporter.events.slice(-5)],
    );
  }

  /** Runs a command in a pod and answers its output and exit code. */
  async run(pod: Stored<Pod>, ...command: string[]): Promise<{ text: string; exitCode: number }> {
    const name = { kind: 'Pod', namespace: 'default', name: pod.metadata.name, uid: pod.metadata.uid } as const;
    const container = pod.spec.containers[0]?.name ?? '';
    const request = { type: 'exec', container, command, stdin: false, stdout: true, stderr: true, tty: false } as const;
    const session = await this.pods.stream(name, request, AbortSignal.timeout(PATIENCE_MS));
    const [text, errors] = await Promise.all([readText(session.main.incoming), readText(session.stderr)]);
    return { text: text + errors, exitCode: (await session.exit)?.exitCode ?? -1 };
  }

  /** The log of a pod's only container. */
  async logs(pod: Stored<Pod>, options: { previous?: boolean; tailLines?: number } = {}): Promise<string> {
    const name = { kind: 'Pod', namespace: 'default', name: pod.metadata.name, uid: pod.metadata.uid } as const;
    const request = { type: 'logs', follow: false, previous: false, timestamps: false, ...options } as const;
    return readText((await this.pods.stream(name, request, AbortSignal.timeout(PATIENCE_MS))).main.incoming);
  }

  async writeFile(name: string, text: string): Promise<void> {
    await writeFile(join(this.folder, name), text);
  }

  async close(): Promise<void> {
    for (const pod of this.#objects.values()) this.pods.absent(pod.metadata.uid);
    await until('all pods are gone', () => this.pods.known().length === 0);
    await this.pods.release();
    for (const driver of this.containers) await driver.release();
    await this.driver.dismantle();
    await this.network.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

export async function readText(bytes: AsyncIterable<Uint8Array> | undefined): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes ?? []) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

const POLL_MS = 5;
/** Longest that anything may take on a machine that is slow, or stands still for a while. */
const PATIENCE_MS = 180_000;

/** Waits for a state; throws with its name when it does not come. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  tell: () => unknown = () => '',
): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > endMs)
      throw new Error(`waited ${PATIENCE_MS} ms, but not: ${what} ${JSON.stringify(tell())}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
