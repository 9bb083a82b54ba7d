import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from '@godwit/base';
import { type ApiClient, EventRecorder } from '@godwit/client';
import { ApiConfiguration, ApiPodReporter, type NodeFacts } from '../../agent/index.ts';
import type { ContainerDriver } from '../../container-driver.ts';
import type { NetworkDriver } from '../../network-driver.ts';
import { type HostFacts, PodManager } from '../../pod/index.ts';
import type { VolumeDriver } from '../../volume-driver.ts';
import { ContainerLogs, PodFolderDriver } from '../pod-volumes/index.ts';
import { PodmanDriver } from '../podman/index.ts';
import { FileRecords } from '../records/file-records.ts';
import { NetworkProber } from './network-prober.ts';

export interface PodHostOptions {
  /** Comes in as `system:node:<nodeName>`. */
  readonly client: ApiClient;
  readonly world: World;
  readonly nodeName: string;
  readonly facts: NodeFacts;
  readonly stateFolder: string;
  /** What need not outlive a reboot: `/run/godwit/<hash>`. */
  readonly runFolder: string;
  /** Names this instance's cgroups: `godwit-<hash>`. */
  readonly instance: string;
  readonly network: NetworkDriver;
  readonly volumes: VolumeDriver;
}

/** The pods of this host, and the engine under them (for images, which virtual machines use too). */
export function podHost(options: PodHostOptions): { readonly pods: PodManager; readonly containers: ContainerDriver } {
  const { client, world, network, volumes, stateFolder, runFolder } = options;
  const machines = join(stateFolder, 'machines');
  const configuration = new ApiConfiguration(client, volumes);
  const host = hostFacts(options);
  const containers = new PodmanDriver(
    { folder: join(stateFolder, 'containers'), runFolder, cgroup: options.instance },
    world,
  );
  const pods = new PodManager({
    records: new FileRecords(machines, 'pod'),
    logs: new ContainerLogs(world),
    tools: {
      world,
      containers,
      network,
      configuration,
      host,
      folders: new PodFolderDriver({ folder: machines, runFolder, configuration, host, world }),
      prober: new NetworkProber(),
      reporter: new ApiPodReporter(client, new EventRecorder(client, 'godwit-agent', options.nodeName)),
    },
  });
  return { pods, containers };
}

function hostFacts({ nodeName, facts }: PodHostOptions): HostFacts {
  return {
    nodeName,
    ips: facts.ips,
    cpuMillis: facts.cpuMillis - facts.reservedCpuMillis,
    memoryBytes: facts.memoryBytes - facts.reservedMemoryBytes,
    ephemeralStorageBytes: facts.storageBytes,
    resolverText: readResolver(),
  };
}

function readResolver(): string {
  try {
    return readFileSync('/etc/resolv.conf', 'utf8');
  } catch {
    return '';
  }
}
