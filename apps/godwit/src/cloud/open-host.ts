import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Operations } from '@godwit/api';
import { nodeUser } from '@godwit/api';
import type { World } from '@godwit/base';
import { ApiClient, EventRecorder } from '@godwit/client';
import { Agent, VirtualMachineManager } from '@godwit/host';
import {
  FileRecords,
  FolderVolumes,
  ImageFiles,
  ImageResolver,
  LinuxNetwork,
  podHost,
  QemuHypervisor,
  readNodeFacts,
} from '@godwit/host/node';
import { addressPlan, type StateFolder } from '../state-folder.ts';
import { VERSION } from '../version.ts';

/** This machine as a host of the cloud: its agent, network and drivers. */
export interface OpenHost {
  readonly agent: Agent;
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

export async function openHost({ state, nodeName, operations, world }: HostOptions): Promise<OpenHost> {
  const { id } = state.instance;
  const client = new ApiClient(operations.as(nodeUser(nodeName), 'godwit-agent'), world);
  const network = new LinuxNetwork({
    instanceId: id,
    plan: { ...addressPlan(state.instance), dnsDomain: DNS_DOMAIN, mtu: MTU },
    world,
  });
  const volumes = new FolderVolumes(state.volumes);
  const facts = () =>
    readNodeFacts({ nodeName, stateFolder: state.root, version: `v${VERSION}`, containerRuntime: 'podman' });
  const { pods } = podHost({
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
  const acceleration = { type: 'tcg', reason: 'KVM has not been proven yet' } as const;
  const resolver = new ImageResolver({ stores: ['/var/lib/containers/storage'] });
  const hypervisor = new QemuHypervisor({
    world,
    machines: state.machines,
    keep: join(state.root, 'firmware'),
    images: new ImageFiles(state.images, resolver),
    volumes,
    acceleration,
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
  const agent = new Agent({ client, world, nodeName, pods, instances, network, volumes, facts });
  return {
    agent,
    network,
    accelerator: `emulated (TCG): ${acceleration.reason}`,
    close: async () => {
      await agent.release();
      await network.release();
      client.close();
    },
  };
}
