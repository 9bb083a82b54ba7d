import { describeError, microTimestamp, type Timer, timestamp, type World } from '@godwit/base';
import type { ApiClient } from '@godwit/client';
import {
  isAlreadyExists,
  isNotFound,
  lease,
  node,
  servedAddressesAnnotation,
  waitingServicesAnnotation,
} from '@godwit/kinds';
import { essence, type NodeFacts, nodeStatus } from './node-status.ts';

const LEASE_NAMESPACE = 'kube-node-lease';
const LEASE_SECONDS = 40;
const RENEW_MS = 10_000;
const LOOK_MS = 60_000;
/** Node status is written this often even when nothing changed; the Lease says that the agent lives. */
const REPEAT_MS = 300_000;

export interface NodeKeeperOptions {
  readonly client: ApiClient;
  readonly world: World;
  readonly nodeName: string;
  readonly facts: () => Promise<NodeFacts>;
}

/** What others must know of a load balancer. */
export interface BalancerNews {
  /** On which it listens. */
  readonly addresses: readonly string[];
  /** Services, as `namespace/name`, for which it holds requests. */
  readonly waiting: readonly string[];
}

/** Keeps this host's Node object and its Lease. Heartbeats are quiet: a small write every ten seconds. */
export class NodeKeeper {
  readonly #options: NodeKeeperOptions;
  #timers: Timer[] = [];
  #written = '';
  #writtenAtMs = Number.NEGATIVE_INFINITY;
  #announced = '';
  #stopped = false;

  constructor(options: NodeKeeperOptions) {
    this.#options = options;
  }

  /** Registers the node; resolves when its first status has been written. */
  async start(): Promise<void> {
    await this.#register();
    await this.report();
    await this.#renew();
    this.#every(RENEW_MS, () => this.#renew());
    this.#every(LOOK_MS, () => this.report());
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers = [];
  }

  /** Tells what the load balancer does now: one write, when it is news. */
  async announce({ addresses, waiting }: BalancerNews): Promise<void> {
    const annotations = {
      [servedAddressesAnnotation]: JSON.stringify(addresses),
      [waitingServicesAnnotation]: waiting.length > 0 ? JSON.stringify(waiting) : null,
    };
    const text = JSON.stringify(annotations);
    if (text === this.#announced) return;
    await this.#options.client
      .resource(node)
      .patch({ name: this.#options.nodeName }, { type: 'merge', body: { metadata: { annotations } } });
    this.#announced = text;
  }

  /** Looks at the host and writes the Node's status when it is worth it. */
  async report(): Promise<void> {
    const { client, nodeName: name, world } = this.#options;
    const facts = await this.#options.facts();
    const nodes = client.resource(node);
    const known = await nodes.find({ name });
    if (!known) await this.#register();
    const status = nodeStatus(facts, known?.status?.conditions ?? [], timestamp(world.clock));
    const text = essence(status);
    const quietMs = world.clock.monotonic() - this.#writtenAtMs;
    // While we could not be heard, somebody may have written that nobody knows how we are.
    const believed = known?.status?.conditions?.every(({ status: holds }) => holds !== 'Unknown') ?? false;
    if (believed && text === this.#written && quietMs < REPEAT_MS) return;
    await nodes.patch({ name }, { type: 'strategic', body: { status } }, { subresource: 'status' });
    this.#written = text;
    this.#writtenAtMs = world.clock.monotonic();
  }

  async #register(): Promise<void> {
    const { client, nodeName: name } = this.#options;
    const facts = await this.#options.facts();
    const { operatingSystem, architecture } = facts.info;
    const labels = {
      'kubernetes.io/hostname': name,
      'kubernetes.io/os': operatingSystem,
      'kubernetes.io/arch': architecture,
      ...facts.labels,
    };
    const { annotations } = facts;
    const nodes = client.resource(node);
    try {
      await nodes.create({ metadata: { name, labels, annotations }, spec: {}, status: {} });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      await nodes.patch({ name }, { type: 'merge', body: { metadata: { labels, annotations } } });
    }
  }

  async #renew(): Promise<void> {
    const { client, nodeName, world } = this.#options;
    const leases = client.resource(lease);
    const renewTime = microTimestamp(world.clock);
    const name = { namespace: LEASE_NAMESPACE, name: nodeName };
    try {
      await leases.patch(name, { type: 'merge', body: { spec: { renewTime, holderIdentity: nodeName } } });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      await leases.create({
        metadata: name,
        spec: { holderIdentity: nodeName, leaseDurationSeconds: LEASE_SECONDS, renewTime },
      });
    }
  }

  /** Repeats `work`; a failure is logged and the next turn tries again. */
  #every(periodMs: number, work: () => Promise<void>): void {
    const { clock, log } = this.#options.world;
    const turn = () => {
      if (this.#stopped) return;
      work()
        .catch((error: unknown) => log.warn('cannot report on the node', { error: describeError(error) }))
        .finally(() => {
          if (!this.#stopped) this.#timers.push(clock.after(periodMs, turn));
        });
    };
    this.#timers = this.#timers.slice(-8);
    this.#timers.push(clock.after(periodMs, turn));
  }
}
