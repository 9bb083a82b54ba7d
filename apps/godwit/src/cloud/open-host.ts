import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Operations } from '@godwit/api';
import { nodeUser } from '@godwit/api';
import type { World } from '@godwit/base';
import { ApiClient, EventRecorder } from '@godwit/client';
import { type Acceleration, Agent, type MachineUsage, VirtualMachineManager } from '@godwit/host';
import {
  downloadWithin,
  FileRecords,
  FolderVolumes,
  hostReader,
  ImageFiles,
  ImageResolver,
  LinuxNetwork,
  LocalVolumeFiller,
  podHost,
  proveAcceleration,
  QemuHypervisor,
  readNodeFacts,
} from '@godwit/host/node';
import { addressPlan, type StateFolder } from '../state-folder.ts';
import { VERSION } from '../version.ts';

/** This machine as a host of the cloud: its agent, network and drivers. */
export interface OpenHost {
  readonly agent: Agent;
  /** All that a virtual machine of this host uses, by its UID. */
  readonly measure: (uid: string) => Promise<MachineUsage>;
  readonly network: LinuxNetwork;
  /** How virtual machines run here, in words. */
  readonly accelerator: string;
  /** Ends the agent; machines and their network stay. */
  close(): Promise<void>;
}

export interface HostOptions {
  readonly state: StateFolder;
  readonly nodeName: string;
  readonly operations: Operations;
  readonly world: World;
}

/** How machines name their DNS domain; the Network object says the same. */
export const DNS_DOMAIN = 'cluster.local';
export const MTU = 1500;
/** The control plane runs on this host, in this process: `kubectl get nodes` says so. */
const ROLE_LABELS = { 'node-role.kubernetes.io/control-plane': '' };
/** How long a start waits to know whether KVM works, in milliseconds. */
const PROOF_PATIENCE_MS = 1_500;

export async function openHost({ state, nodeName, operations, world }: HostOptions): Promise<OpenHost> {
  const { id } = state.instance;
  const client = new ApiClient(operations.as(nodeUser(nodeName), 'godwit-agent'), world);
  const network = new LinuxNetwork({
    instanceId: id,
    plan: { ...addressPlan(state.instance), dnsDomain: DNS_DOMAIN, mtu: MTU },
    world,
  });
  const volumes = new FolderVolumes(state.volumes);
  const facts = () => factsOf(nodeName, state);
  const { pods, containers } = podHost({
    client,
    world,
    nodeName,
    facts: await facts(),
    stateFolder: state.root,
    runFolder: join('/run', `godwit-${id}`, 'containers'),
    instance: `godwit-${id}`,
    network,
    volumes,
  });
  const proof = proveAcceleration({ clock: world.clock, folder: state.root, kernels: laidOutKernels(state.images) });
  const images = openImages(state);
  const hypervisor = new QemuHypervisor({
    world,
    machines: state.machines,
    keep: join(state.root, 'firmware'),
    images,
    volumes,
    acceleration: proof,
    onShared: (processors) => containers.useProcessors(processors),
  });
  const instances = new VirtualMachineManager({
    records: new FileRecords(state.machines, 'virtual-machine'),
    world,
    client,
    events: new EventRecorder(client, 'godwit-agent', nodeName),
    hypervisor,
    network,
    bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
  });
  const nameServer = addressPlan(state.instance).gateway;
  const filler = new LocalVolumeFiller({
    world,
    client,
    volumes,
    images,
    importFolders: [join(state.root, 'imports')],
    download: downloadWithin({ enter: network.enter, nameServer, dnsDomain: DNS_DOMAIN }),
  });
  const load = hostReader();
  const agent = new Agent({ client, world, nodeName, pods, instances, network, volumes, filler, facts, load });
  return {
    agent,
    measure: (uid) => hypervisor.measure(uid),
    network,
    accelerator: await accelerationWords(proof, hypervisor, world),
    close: async () => {
      await agent.release();
      await network.release();
      client.close();
    },
  };
}

/** Where KVM hangs, it takes seconds to be sure of that, once a boot: nobody waits for it but machines. */
async function accelerationWords(
  proof: Promise<Acceleration>,
  hypervisor: QemuHypervisor,
  { clock }: World,
): Promise<string> {
  const patience = clock.sleep(PROOF_PATIENCE_MS).then(() => hypervisor.acceleration);
  const { type, reason } = await Promise.race([proof, patience]);
  return `${type === 'kvm' ? 'KVM' : 'emulated (TCG)'}: ${reason}`;
}

function factsOf(nodeName: string, state: StateFolder): ReturnType<typeof readNodeFacts> {
  return readNodeFacts({
    nodeName,
    stateFolder: state.root,
    version: `v${VERSION}`,
    containerRuntime: 'podman',
    labels: ROLE_LABELS,
    imageStores: imageStores(state),
  });
}

/** Where images are: the host's own store first, then that of the containers. */
function imageStores(state: StateFolder): string[] {
  return ['/var/lib/containers/storage', join(state.root, 'containers', 'storage')];
}

/** Images of virtual machines' disks. */
function openImages(state: StateFolder): ImageFiles {
  const settings = join(state.root, 'containers');
  return new ImageFiles(state.images, new ImageResolver({ stores: imageStores(state), settings }));
}

/** Kernels of images that were laid out before, to prove KVM with where the host keeps none in /boot. */
function laidOutKernels(images: string): string[] {
  if (!existsSync(images)) return [];
  const paths = readdirSync(images).map((id) => join(images, id, 'files', 'boot', 'vmlinuz'));
  return paths.filter((path) => existsSync(path));
}
