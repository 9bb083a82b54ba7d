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
/** How long a node may be missing before its pods are: a cache of ours may be behind. As in Kubernetes. */
const MISSING_MS = 40_000;

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
  /** Nodes that pods are bound to and that are not there, and since when, on a clock that never jumps. */
  readonly #missing = new Map<string, number>();

  /** Nodes that are told to wake, and since when, on the same clock. */
  readonly #wakingMs = new Map<string, number>();

  constructor(client: ApiClient) {
    this.#client = client;
    this.#heartbeats = new Heartbeats(client);
    this.#events = new EventRecorder(client, 'node-controller');
    this.#nodes = client.cache(node);
    this.#pods = client.cache(pod, { [BY_NODE]: ({ spec }) => (spec.nodeName ? [spec.nodeName] : []) });
    this.#instances = client.cache(virtualMachineInstance, {
      [BY_NODE]: ({ status }) => (status?.nodeName ? [status.nodeName] : []),
    });
    const missing = ({ spec: { nodeName } }: Pod) =>
      nodeName && !this.#nodes.get({ name: nodeName }) ? [nodeName] : [];
    this.wakes = [wake(this.#nodes), wake(this.#pods, missing), ...this.#heartbeats.wakes];
  }

  async reconcile(name: string): Promise<Outcome> {
    const known = this.#nodes.get({ name });
    if (!known) {
      this.#wakingMs.delete(name);
      return this.#clear(name);
    }
    this.#missing.delete(name);
    if (known.metadata.deletionTimestamp) return done;
    const silence = this.#heartbeats.silence(name);
    const allowedMs = Math.min(silence?.allowedMs ?? 0, this.#sinceToldMs(known));
    const heard = !silence || silence.silentMs < allowedMs;
    await this.#mark(known, heard);
    const leftMs = await this.#evict(known);
    const silentMs = heard && silence ? allowedMs - silence.silentMs : undefined;
    const waits = [leftMs, silentMs].filter((wait) => wait !== undefined);
    return waits.length === 0 ? done : after(Math.max(1, Math.min(...waits)), 'a lease or a toleration runs out');
  }

  /** What a host that is told to wake said before that it said before it slept. */
  #sinceToldMs(known: Stored<Node>): number {
    const { name } = known.metadata;
    if (sleepOf(known) !== 'waking') {
      this.#wakingMs.delete(name);
      return Number.POSITIVE_INFINITY;
    }
    const nowMs = this.#client.world.clock.monotonic();
    const toldMs = this.#wakingMs.get(name) ?? nowMs;
    this.#wakingMs.set(name, toldMs);
    return nowMs - toldMs;
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
    await inTurns(due);
    return nextMs === undefined ? undefined : nextMs - nowMs;
  }

  /** Who removes a Node says that nothing runs there: its pods are gone. Of instances their own controller says so. */
  async #clear(name: string): Promise<Outcome> {
    const pods = [...this.#pods.by(BY_NODE, name)];
    if (pods.length === 0) {
      this.#missing.delete(name);
      return done;
    }
    const nowMs = this.#client.world.clock.monotonic();
    const sinceMs = this.#missing.get(name) ?? nowMs;
    this.#missing.set(name, sinceMs);
    const leftMs = sinceMs + MISSING_MS - nowMs;
    if (leftMs > 0) return after(leftMs, `node ${name} may come back`);
    await inTurns(
      pods.map(
        ({ metadata }) =>
          () =>
            this.#client.resource(pod).delete(metadata, { gracePeriodSeconds: 0 }),
      ),
    );
    return done;
  }
}

async function inTurns(removals: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (let first = 0; first < removals.length; first += PARALLEL) {
    await Promise.all(removals.slice(first, first + PARALLEL).map((remove) => remove().catch(ignoreMissing)));
  }
}

function ignoreMissing(error: unknown): void {
  if (!isNotFound(error)) throw error;
}
