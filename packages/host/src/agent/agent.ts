import { describeError, type World } from '@godwit/base';
import type { ApiClient } from '@godwit/client';
import {
  type MachineAccess,
  type MachineName,
  type Pod,
  pod,
  type VirtualMachineInstance,
  type VolumeAccess,
  virtualMachineInstance,
} from '@godwit/kinds';
import type { MachineManager } from '../machine/index.ts';
import { type HostReading, Sampler } from '../metrics/index.ts';
import type { NetworkDriver } from '../network-driver.ts';
import type { VolumeDriver } from '../volume-driver.ts';
import { MachineFeed } from './machine-feed.ts';
import { NodeKeeper } from './node-keeper.ts';
import type { NodeFacts } from './node-status.ts';
import { ServiceKeeper } from './service-keeper.ts';
import { type VolumeFiller, VolumeKeeper } from './volume-keeper.ts';

export interface AgentOptions {
  /** Comes in as `system:node:<nodeName>`. */
  readonly client: ApiClient;
  readonly world: World;
  readonly nodeName: string;
  readonly pods: MachineManager<Pod>;
  readonly instances: MachineManager<VirtualMachineInstance>;
  readonly network: NetworkDriver;
  readonly volumes: VolumeDriver;
  readonly filler?: VolumeFiller;
  /** Looked at now and then. */
  readonly facts: () => Promise<NodeFacts>;
  /** What the host uses, read every second. Without it nothing is measured here. */
  readonly load?: () => HostReading;
}

const RETRY_MS = 1_000;

/** One host's agent. Machines outlive it: `release` leaves them running, the next `start` adopts them. */
export class Agent {
  readonly #options: AgentOptions;
  readonly #node: NodeKeeper;
  readonly #services: ServiceKeeper;
  readonly #volumes: VolumeKeeper;
  readonly #pods: MachineFeed<Pod>;
  readonly #instances: MachineFeed<VirtualMachineInstance>;
  /** What this host, its machines and its load balancer use. */
  readonly sampler: Sampler;
  #released = false;

  constructor(options: AgentOptions) {
    const { client, nodeName } = options;
    this.#options = options;
    this.sampler = new Sampler({ ...options, host: options.load, machines: [options.pods, options.instances] });
    this.#node = new NodeKeeper(options);
    this.#services = new ServiceKeeper({ ...options, onNews: (news) => this.#node.announce(news) });
    this.#volumes = new VolumeKeeper({ ...options, ...(options.filler && { filler: options.filler }) });
    this.#pods = new MachineFeed(client, pod, `spec.nodeName=${nodeName}`, options.pods);
    this.#instances = new MachineFeed(client, virtualMachineInstance, `status.nodeName=${nodeName}`, options.instances);
  }

  /**
   * Adopts what runs and begins to serve the node. Resolves when the node is registered and everything that
   * is bound to it has been handed over; what the API cannot answer yet is tried until it can.
   */
  async start(): Promise<void> {
    const { network, pods, instances } = this.#options;
    await Promise.all([network.start(), pods.adopt(), instances.adopt()]);
    if (this.#options.load) this.sampler.start();
    await this.#removeStrayPorts();
    await Promise.all([
      this.#insist('register the node', () => this.#node.start()),
      this.#insist('serve services', () => this.#services.start()),
      this.#insist('look after volumes', () => this.#volumes.start()),
      this.#insist('take over pods', () => this.#pods.start()),
      this.#insist('take over virtual machines', () => this.#instances.start()),
    ]);
  }

  /** How the API reaches the machines of this host. */
  readonly access: MachineAccess = {
    stream: (machine, request, signal) => this.#manager(machine).stream(machine, request, signal),
    order: (machine, order) => this.#manager(machine).order(machine, order),
  };

  /** How the API reaches the volumes of this host. */
  readonly volumeAccess: VolumeAccess = {
    upload: (name, bytes, signal) => this.#volumes.upload(name, bytes, signal),
  };

  /** Stops all machines in order; disks and objects stay (`godwit down`). */
  async stopAll(timeoutMs: number): Promise<void> {
    this.#pods.stop();
    this.#instances.stop();
    await Promise.all([this.#options.pods.stopAll(timeoutMs), this.#options.instances.stopAll(timeoutMs)]);
  }

  /** Ends the agent; machines keep running. */
  async release(): Promise<void> {
    this.#released = true;
    this.sampler.stop();
    this.#pods.stop();
    this.#instances.stop();
    this.#services.stop();
    this.#volumes.stop();
    this.#node.stop();
    await Promise.all([this.#options.pods.release(), this.#options.instances.release()]);
  }

  #manager({ kind }: MachineName): MachineManager<Pod> | MachineManager<VirtualMachineInstance> {
    return kind === 'Pod' ? this.#options.pods : this.#options.instances;
  }

  /** Network ports that no machine explains are remains of a crash. */
  async #removeStrayPorts(): Promise<void> {
    const { network, pods, instances } = this.#options;
    const known = new Set([...pods.known(), ...instances.known()]);
    for (const { machineUid } of await network.ports()) {
      if (!known.has(machineUid)) await network.detach(machineUid);
    }
  }

  async #insist(what: string, work: () => Promise<void>): Promise<void> {
    const { clock, log } = this.#options.world;
    while (!this.#released) {
      try {
        return await work();
      } catch (error) {
        log.warn(`cannot ${what} yet`, { error: describeError(error) });
        await clock.sleep(RETRY_MS);
      }
    }
  }
}
