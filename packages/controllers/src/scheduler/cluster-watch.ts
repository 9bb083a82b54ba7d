import type { ApiClient, Change } from '@godwit/client';
import {
  balancePolicy,
  isDeepEqual,
  type KubeObject,
  type Namespace,
  type Node,
  namespace,
  node,
  persistentVolume,
  persistentVolumeClaim,
  pod,
  podDisruptionBudget,
  type Stored,
  storageClass,
  virtualMachineInstance,
} from '@godwit/kinds';
import {
  awaitsOthers,
  type Host,
  hostOfNode,
  isAwaited,
  type MachineRequest,
  requestOfMachine,
  Snapshot,
} from '@godwit/planner';
import { gangOf } from './gangs.ts';
import { HeldRoom } from './preemption/held-room.ts';
import { Priorities } from './priorities.ts';
import { boundHost, comingHost, hasEnded, type Machine, questionOf, waitsForHost } from './schedulable-machine.ts';
import { Successors } from './successors.ts';

/** A machine that waits for a host, and what has been found out about it. */
export interface Waiting {
  readonly machine: Machine;
  /** What it asks for; when that changes, earlier answers do not hold any more. */
  readonly question: string;
  /** The state of the cluster at which it was refused; undefined when it has not been looked at yet. */
  refusedAt?: number;
}

/** What stands in the snapshot for a machine where it will arrive. */
const arrivalOf = (uid: string): string => `${uid} arriving`;

/**
 * The snapshot that placing works on, kept up to date by what the caches tell. A machine that has been given
 * a host counts there at once, before the API says so: `assume` and `release`.
 */
export class ClusterWatch {
  readonly snapshot = new Snapshot();
  readonly waiting = new Map<string, Waiting>();
  /** Room that is being made for some of those that wait. */
  readonly held = new HeldRoom(this.snapshot);
  readonly priorities: Priorities;
  /** Where machines should be that take the place of others. */
  readonly successors: Successors;
  /** Machines on hosts that have been told to go, by uid. */
  readonly leaving = new Set<string>();
  readonly #client: ApiClient;
  /** Members of each group that have a host, by uid. */
  readonly #gangs = new Map<string, Set<string>>();
  readonly #assumed = new Map<string, string>();
  /** What those ask for that wait, and that others may help by coming to a host. */
  readonly #awaiting = new Map<string, MachineRequest>();
  #revision = 0;
  /** Counts up when something changes that might help a machine that was refused. */
  #epoch = 0;
  #hasWork = false;

  constructor(client: ApiClient) {
    this.#client = client;
    this.priorities = new Priorities(client);
    this.successors = new Successors(client.world.clock);
    const nodes = client.cache(node);
    const namespaces = client.cache(namespace);
    for (const each of nodes.values()) this.#onNode({ type: 'added', after: each });
    for (const each of namespaces.values()) this.#onNamespace({ type: 'added', after: each });
    nodes.subscribe((change) => this.#onNode(change));
    namespaces.subscribe((change) => this.#onNamespace(change));
    client.cache(persistentVolumeClaim).subscribe(() => this.stir());
    client.cache(persistentVolume).subscribe(() => this.stir());
    client.cache(storageClass).subscribe(() => this.stir());
    client.cache(podDisruptionBudget).subscribe(() => this.stir());
    client.cache(balancePolicy).subscribe(({ before, after }) => {
      if (!isDeepEqual(before?.spec.placement, after?.spec.placement)) this.stir();
    });
    for (const cache of [client.cache(pod), client.cache(virtualMachineInstance)]) {
      for (const machine of cache.values()) this.#onMachine(undefined, machine);
      cache.subscribe(({ before, after }: Change<Machine>) => this.#onMachine(before, after));
    }
  }

  /** The newest revision of a host or machine that the snapshot shows. */
  get revision(): number {
    return this.#revision;
  }

  get epoch(): number {
    return this.#epoch;
  }

  #advance(): void {
    this.#epoch++;
    this.#hasWork = this.waiting.size > 0;
  }

  /** Whether a machine may wait that has not been refused as things stand. */
  get hasWork(): boolean {
    return this.#hasWork;
  }

  /** Somebody goes through those that wait now. @param all false when he leaves some of them for later */
  looked(all: boolean): void {
    this.#hasWork = !all;
  }

  /** Something outside the snapshot has changed that might help: a claim, a volume, the time of day. */
  stir(): void {
    if (this.waiting.size > 0) this.#advance();
  }

  /** A host has been chosen; the snapshot counts the machine there already. */
  assume(uid: string, host: string): void {
    this.#assumed.set(uid, host);
    const waiting = this.waiting.get(uid);
    if (waiting) this.#join(waiting.machine);
  }

  /** Takes back what was assumed: the machine waits again. */
  release(uid: string): void {
    if (!this.#assumed.delete(uid)) return;
    const waiting = this.waiting.get(uid);
    if (waiting) {
      this.#leave(waiting.machine);
      this.#hasWork = true;
    }
    // The API may have said meanwhile that it is bound after all.
    if (waiting || !this.snapshot.hostOf(uid)) this.snapshot.remove(uid);
  }

  /** How many members of a group have a host. */
  placedOfGang(key: string): number {
    return this.#gangs.get(key)?.size ?? 0;
  }

  #join(machine: Machine): void {
    const gang = gangOf(machine);
    if (!gang) return;
    const members = this.#gangs.get(gang.key);
    if (members) members.add(machine.metadata.uid);
    else this.#gangs.set(gang.key, new Set([machine.metadata.uid]));
  }

  #leave(machine: Machine): void {
    const gang = gangOf(machine);
    const members = gang && this.#gangs.get(gang.key);
    members?.delete(machine.metadata.uid);
    if (gang && members?.size === 0) this.#gangs.delete(gang.key);
  }

  /** A machine as it stands. */
  machine(kind: string, home: string, name: string): Machine | undefined {
    const where = { namespace: home, name };
    if (kind === 'Pod') return this.#client.cache(pod).get(where);
    return this.#client.cache(virtualMachineInstance).get(where);
  }

  /** What those ask for that wait, whatever their volumes are. */
  *waitingRequests(): Iterable<MachineRequest> {
    for (const { machine } of this.waiting.values()) yield requestOfMachine(machine);
  }

  isAssumed(uid: string): boolean {
    return this.#assumed.has(uid);
  }

  #see({ metadata }: Stored<KubeObject>): void {
    this.#revision = Math.max(this.#revision, Number(metadata.resourceVersion));
  }

  #onNode(change: Change<Node>): void {
    this.#see(change.after ?? change.before);
    if (!change.after) {
      this.snapshot.removeHost(change.before.metadata.name);
      return;
    }
    const host = hostOfNode(change.after);
    if (change.before && textOf(hostOfNode(change.before)) === textOf(host)) return;
    this.snapshot.setHost(host);
    this.#advance();
  }

  #onNamespace({ before, after }: Change<Namespace>): void {
    if (after) this.snapshot.setNamespace(after.metadata.name, after.metadata.labels ?? {});
    else if (before) this.snapshot.setNamespace(before.metadata.name, undefined);
    // Affinities may choose namespaces by label.
    if (!isDeepEqual(before?.metadata.labels, after?.metadata.labels)) this.stir();
  }

  #onMachine(before: Machine | undefined, after: Machine | undefined): void {
    const seen = after ?? before;
    if (seen) this.#see(seen);
    if (!after) {
      if (before) this.#forget(before);
      return;
    }
    const { uid } = after.metadata;
    if (before && before.metadata.uid !== uid) this.#forget(before);
    const host = boundHost(after);
    if (host) {
      this.#waitNoMore(uid);
      this.#assumed.delete(uid);
      this.successors.forget(uid);
      if (hasEnded(after)) {
        this.#forget(after);
        return;
      }
      if (after.metadata.deletionTimestamp) this.leaving.add(uid);
      if (after.metadata.deletionTimestamp && before && !before.metadata.deletionTimestamp) this.successors.goes(after);
      if (!before || boundHost(before) !== host || questionOf(before) !== questionOf(after)) {
        const request = requestOfMachine(after, { priority: this.priorities.of(after) });
        this.snapshot.put(request, host);
        this.#join(after);
        if (this.#isAwaited(request)) this.#advance();
      }
      this.#onMove(before, after);
    } else if (waitsForHost(after)) {
      const known = this.waiting.get(uid);
      if (!known && !before) this.successors.comes(after);
      const question = questionOf(after);
      const refusedAt = known?.question === question ? known.refusedAt : undefined;
      this.waiting.set(uid, { machine: after, question, ...(refusedAt !== undefined && { refusedAt }) });
      if (known?.question !== question) this.#await(after);
      this.#hasWork ||= refusedAt !== this.#epoch;
      // It may be the one that the others of its group have waited for.
      if (!known && gangOf(after)) this.#advance();
    } else this.#forget(after);
  }

  #await(machine: Machine): void {
    const request = requestOfMachine(machine);
    if (awaitsOthers(request)) this.#awaiting.set(request.uid, request);
    else this.#awaiting.delete(request.uid);
  }

  #waitNoMore(uid: string): void {
    this.waiting.delete(uid);
    this.#awaiting.delete(uid);
  }

  /** Whether one that was refused may fit now that this one has a host. */
  #isAwaited(arrived: MachineRequest): boolean {
    for (const [uid, request] of this.#awaiting) {
      if (this.waiting.get(uid)?.refusedAt !== undefined && isAwaited(arrived, request, this.snapshot)) return true;
    }
    return false;
  }

  /** A machine that moves has its room in both places until it has arrived. */
  #onMove(before: Machine | undefined, after: Machine): void {
    const [from, to] = [before && comingHost(before), comingHost(after)];
    const uid = arrivalOf(after.metadata.uid);
    if (to !== undefined && from !== to) {
      const request = requestOfMachine(after, { priority: this.priorities.of(after) });
      this.snapshot.put({ ...request, uid }, to);
    } else if (from !== undefined && to === undefined) {
      this.snapshot.remove(uid);
      this.#advance();
    }
  }

  #forget(machine: Machine): void {
    const { uid } = machine.metadata;
    this.#waitNoMore(uid);
    this.#assumed.delete(uid);
    this.leaving.delete(uid);
    this.successors.forget(uid);
    this.#leave(machine);
    this.held.release(uid);
    if (comingHost(machine) !== undefined) this.snapshot.remove(arrivalOf(uid));
    if (this.snapshot.hostOf(uid) === undefined) return;
    const placed = this.snapshot.machines.get(uid);
    this.snapshot.remove(uid);
    if (placed) this.held.gone(placed.request);
    this.#advance();
  }
}

/** All that a host says; of its images their names. */
function textOf(host: Host): string {
  return JSON.stringify(host, (_name, value: unknown) => (value instanceof Set ? [...value] : value));
}
