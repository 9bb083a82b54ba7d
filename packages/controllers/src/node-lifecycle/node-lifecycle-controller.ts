import { timestamp } from '@godwit/base';
import { type ApiClient, EventRecorder, type KindCache } from '@godwit/client';
import {
  isNotFound,
  isOutOfService,
  isPodFinished,
  type KubeObject,
  type Node,
  node,
  type Pod,
  pod,
  type Stored,
  sleepOf,
  type Toleration,
  type VirtualMachineInstance,
  virtualMachineInstance,
} from '@godwit/kinds';
import { wake } from '../framework/index.ts';
import { after, done, type Outcome, type Reconciler, type Wake } from '../reconciler.ts';
import { leavesAtMs } from './evictions.ts';
import { Heartbeats } from './heartbeats.ts';
import { judge } from './judge.ts';

const BY_NODE = 'node';
/** Machines that are told to go at once. */
const PARALLEL = 32;

type Machine = Stored<KubeObject> & { readonly spec: { readonly tolerations?: readonly Toleration[] } };

/** Marks nodes that are not heard of, and has machines leave nodes that they do not tolerate. */
export class NodeLifecycleController implements Reconciler {
  readonly name = 'node-lifecycle';
  readonly wakes: readonly Wake[];
  readonly #client: ApiClient;
  readonly #heartbeats: Heartbeats;
  readonly #events: EventRecorder;
  readonly #nodes: KindCache<Node>;
  readonly #pods: KindCache<Pod>;
  readonly #instances: KindCache<VirtualMachineInstance>;

  constructor(client: ApiClient) {
    this.#client = client;
    this.#heartbeats = new Heartbeats(client);
    this.#events = new EventRecorder(client, 'node-controller');
    this.#nodes = client.cache(node);
    this.#pods = client.cache(pod, { [BY_NODE]: ({ spec }) => (spec.nodeName ? [spec.nodeName] : []) });
    this.#instances = client.cache(virtualMachineInstance, {
      [BY_NODE]: ({ status }) => (status?.nodeName ? [status.nodeName] : []),
    });
    this.wakes = [wake(this.#nodes), ...this.#heartbeats.wakes];
  }

  async reconcile(name: string): Promise<Outcome> {
    const known = this.#nodes.get({ name });
    if (!known || known.metadata.deletionTimestamp) return done;
    const silence = this.#heartbeats.silence(name);
    const heard = !silence || silence.silentMs < silence.allowedMs;
    await this.#mark(known, heard);
    const leftMs = await this.#evict(known);
    const silentMs = heard && silence ? silence.allowedMs - silence.silentMs : undefined;
    const waits = [leftMs, silentMs].filter((wait) => wait !== undefined);
    return waits.length === 0 ? done : after(Math.max(1, Math.min(...waits)), 'a lease or a toleration runs out');
  }

  async #mark(known: Stored<Node>, heard: boolean): Promise<void> {
    const { clock } = this.#client.world;
    const { taints, conditions } = judge(known, heard, timestamp(clock));
    const nodes = this.#client.resource(node);
    let current = known;
    if (conditions) current = await nodes.updateStatus({ ...current, status: { ...current.status, conditions } });
    if (taints) await nodes.update({ ...current, spec: { ...current.spec, taints } });
    if (conditions && !sleepOf(known))
      this.#events.warning(known, 'NodeNotReady', `Node ${known.metadata.name} is not heard of`);
  }

  /** Tells machines to go whose time is up; answers how long the next one still has. */
  async #evict(known: Stored<Node>): Promise<number | undefined> {
    const { name } = known.metadata;
    const taints = known.spec?.taints ?? [];
    if (!taints.some(({ effect }) => effect === 'NoExecute')) return undefined;
    const nowMs = this.#client.world.clock.now();
    const fenced = isOutOfService(known);
    const due: (() => Promise<unknown>)[] = [];
    let nextMs: number | undefined;
    const judgeOne = (machine: Machine, remove: () => Promise<unknown>) => {
      const atMs = leavesAtMs(taints, machine.spec.tolerations ?? [], nowMs);
      if (atMs === undefined) return;
      if (atMs <= nowMs) due.push(remove);
      else if (nextMs === undefined || atMs < nextMs) nextMs = atMs;
    };
    for (const one of this.#pods.by(BY_NODE, name)) {
      if (isPodFinished(one) || (one.metadata.deletionTimestamp && !fenced)) continue;
      judgeOne(one, () => this.#client.resource(pod).delete(one.metadata, fenced ? { gracePeriodSeconds: 0 } : {}));
    }
    for (const one of this.#instances.by(BY_NODE, name)) {
      if (one.metadata.deletionTimestamp) continue;
      judgeOne(one, () => this.#client.resource(virtualMachineInstance).delete(one.metadata));
    }
    for (let first = 0; first < due.length; first += PARALLEL) {
      await Promise.all(due.slice(first, first + PARALLEL).map((remove) => remove().catch(ignoreMissing)));
    }
    return nextMs === undefined ? undefined : nextMs - nowMs;
  }
}

function ignoreMissing(error: unknown): void {
  if (!isNotFound(error)) throw error;
}
