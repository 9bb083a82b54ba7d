import { readFile, statfs } from 'node:fs/promises';
import { arch, availableParallelism, freemem, networkInterfaces, release, totalmem } from 'node:os';
import { numaAnnotation } from '@godwit/kinds';
import type { NodeFacts } from '../../agent/index.ts';
import { readNumaNodes } from '../numa-nodes.ts';
import { storedImages } from '../podman/index.ts';

export interface NodeFactsOptions {
  readonly nodeName: string;
  /** Addresses by which others reach this host; found out when absent. */
  readonly ips?: readonly string[];
  readonly stateFolder: string;
  /** Version of this program, such as `v0.1.0`. */
  readonly version: string;
  /** Such as `podman://4.3.1`. */
  readonly containerRuntime: string;
  readonly labels?: NodeFacts['labels'];
  readonly annotations?: NodeFacts['annotations'];
  readonly conditions?: NodeFacts['conditions'];
  /** Folders of the engine's stores whose images are here. */
  readonly imageStores?: readonly string[];
}

/** Most pods and virtual machines of a host; Kubernetes' own default. */
const MOST_MACHINES = 110;
/** What the host itself needs, at least. */
const RESERVED_MEMORY_BYTES = 256 * 2 ** 20;
const RESERVED_CPU_MILLIS = 100;

/** Looks at this host. Cheap: reads a few files of the kernel. */
export async function readNodeFacts(options: NodeFactsOptions): Promise<NodeFacts> {
  const [disk, available, system, numa, images] = await Promise.all([
    statfs(options.stateFolder),
    memoryAvailable(),
    systemFacts(options),
    readNumaNodes(),
    storedImages(options.imageStores ?? []),
  ]);
  return {
    hostname: options.nodeName,
    ips: options.ips ?? hostAddresses(),
    cpuMillis: availableParallelism() * 1000,
    memoryBytes: totalmem(),
    memoryAvailableBytes: available,
    storageBytes: disk.blocks * disk.bsize,
    storageAvailableBytes: disk.bavail * disk.bsize,
    mostMachines: MOST_MACHINES,
    info: system,
    reservedCpuMillis: RESERVED_CPU_MILLIS,
    reservedMemoryBytes: RESERVED_MEMORY_BYTES,
    labels: options.labels ?? {},
    annotations: {
      ...(numa && { [numaAnnotation]: numa.map(({ length }) => length).join() }),
      ...options.annotations,
    },
    images,
    conditions: options.conditions ?? [],
  };
}

/** IPv4 addresses of this host that are not of its own inside. */
export function hostAddresses(): readonly string[] {
  const addresses = Object.entries(networkInterfaces())
    .filter(([name]) => !/^(lo|gw|veth|tap|docker|podman|cni|virbr)/.test(name))
    .flatMap(([, entries]) => entries ?? [])
    .filter((entry) => entry.family === 'IPv4' && !entry.internal && !entry.address.startsWith('169.254.'))
    .map(({ address }) => address);
  return addresses.length > 0 ? addresses : ['127.0.0.1'];
}

async function memoryAvailable(): Promise<number> {
  const text = await readText('/proc/meminfo');
  const kibibytes = /^MemAvailable:\s+(\d+)/m.exec(text)?.[1];
  return kibibytes === undefined ? freemem() : Number(kibibytes) * 1024;
}

async function systemFacts(options: NodeFactsOptions): Promise<NodeFacts['info']> {
  const [machineId, bootId, systemId, releaseText] = await Promise.all(
    ['/etc/machine-id', '/proc/sys/kernel/random/boot_id', '/sys/class/dmi/id/product_uuid', '/etc/os-release'].map(
      readText,
    ),
  );
  const machine = arch() === 'x64' ? 'amd64' : arch();
  return {
    machineID: machineId?.trim() ?? '',
    systemUUID: systemId?.trim() || machineId?.trim() || '',
    bootID: bootId?.trim() ?? '',
    kernelVersion: release(),
    osImage: /^PRETTY_NAME="?([^"\n]*)/m.exec(releaseText ?? '')?.[1] ?? 'Linux',
    containerRuntimeVersion: options.containerRuntime,
    kubeletVersion: options.version,
    kubeProxyVersion: options.version,
    operatingSystem: 'linux',
    architecture: machine,
  };
}

function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
