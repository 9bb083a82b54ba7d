import type { ApiClient } from '@godwit/client';
import {
  type KubeObject,
  node,
  type Pod,
  pod,
  type Stored,
  type VirtualMachineInstance,
  virtualMachineInstance,
} from '@godwit/kinds';
import { hostOfNode, type MachineRequest, requestOfMachine, Snapshot } from '@godwit/planner';
import { groupLabel } from '../cloud/index.ts';
import { namespaceOf } from '../load/index.ts';

/** A machine as the ledger knows it. */
export interface KnownMachine {
  /** `kind/namespace/name`: stays when the machine starts anew. */
  readonly name: string;
  readonly group: string;
  /** Another one of its group is as good: those that autoscalers make and delete, and pods of a Deployment. */
  readonly replaceable: boolean;
  readonly host: string | undefined;
  readonly runs: boolean;
  readonly request: MachineRequest;
  /** Why it has no host, in words. */
  readonly refusal: string | undefined;
}

/** Where everything is, as watches tell it. */
export class Ledger {
  /** Hosts and what has been placed on them, as the scheduler counts. */
  readonly snapshot = new Snapshot();
  readonly machines = new Map<string, KnownMachine>();
  /** By host, by group: machines that run. */
  readonly running = new Map<string, Map<string, number>>();
  readonly #off = new Set<string>();
  readonly #lastHost = new Map<string, string>();
  readonly #listeners: ((machine: KnownMachine) => void)[] = [];
  readonly #nowMs: () => number;
  /** Counts changes of what is where. */
  changes = 0;
  /** Machines that run on another host than before. */
  moves = 0;
  runningCount = 0;
  /** How many machines are wanted now. */
  #wanted = 0;
  #missingMs = 0;
  #wantedMs = 0;
  #sinceMs = 0;

  constructor(client: ApiClient) {
    this.#nowMs = () => client.world.clock.monotonic();
    const nodes = client.cache(node);
    for (const each of nodes.values()) this.snapshot.setHost(hostOfNode(each));
    nodes.subscribe(({ before, after }) => {
      this.changes++;
      if (after) this.snapshot.setHost(hostOfNode(after));
      else if (before) this.snapshot.removeHost(before.metadata.name);
    });
    for (const machines of [client.cache(virtualMachineInstance), client.cache(pod)]) {
      for (const machine of machines.values()) this.#see(undefined, machine);
      machines.subscribe(({ before, after }) => this.#see(before, after));
    }
  }

  /** Hears of every machine that runs on a host where it did not before. */
  onRunning(listener: (machine: KnownMachine) => void): void {
    this.#listeners.push(listener);
  }

  /** What has been counted until now does not count. */
  begin(): void {
    this.#settle();
    this.moves = 0;
    this.#missingMs = 0;
    this.#wantedMs = 0;
  }

  /** These hosts have lost their power: whatever the API says, nothing runs there. */
  lose(hosts: readonly string[]): void {
    for (const host of hosts) this.#off.add(host);
    for (const [uid, machine] of this.machines) {
      if (!machine.runs || machine.host === undefined || !this.#off.has(machine.host)) continue;
      this.#count(machine, -1);
      this.machines.set(uid, { ...machine, runs: false });
    }
  }

  /** These hosts have power again. */
  regain(hosts: readonly string[]): void {
    for (const host of hosts) this.#off.delete(host);
  }

  /** From now on so many machines are wanted. */
  want(count: number): void {
    this.#settle();
    this.#wanted = count;
  }

  get wanted(): number {
    return this.#wanted;
  }

  /** Machine-milliseconds that were wanted, and of those the ones in which the machine did not run. */
  availability(): { readonly wantedMs: number; readonly missingMs: number } {
    this.#settle();
    return { wantedMs: this.#wantedMs, missingMs: this.#missingMs };
  }

  #settle(): void {
    const nowMs = this.#nowMs();
    const passedMs = nowMs - this.#sinceMs;
    this.#sinceMs = nowMs;
    this.#wantedMs += passedMs * this.#wanted;
    this.#missingMs += passedMs * Math.max(0, this.#wanted - this.runningCount);
  }

  #see(before: Machine | undefined, after: Machine | undefined): void {
    const uid = (after ?? before)?.metadata.uid ?? '';
    const known = this.machines.get(uid);
    const told = after && knownMachine(after);
    const now = told?.host !== undefined && this.#off.has(told.host) ? { ...told, runs: false } : told;
    if (known && now && isSame(known, now)) return;
    this.changes++;
    if (known?.runs) this.#count(known, -1);
    if (now) {
      this.machines.set(uid, now);
      if (now.host && !(known?.host === now.host && isAsLarge(known, now))) this.snapshot.put(now.request, now.host);
    } else this.machines.delete(uid);
    if ((!now || now.request.finished) && known) this.snapshot.remove(uid);
    if (!now?.runs) return;
    this.#count(now, 1);
    if (!known?.runs) this.#began(now);
  }

  #count({ host = '', group }: KnownMachine, by: number): void {
    this.#settle();
    this.runningCount += by;
    const groups = this.running.get(host) ?? new Map<string, number>();
    this.running.set(host, groups.set(group, (groups.get(group) ?? 0) + by));
  }

  #began(machine: KnownMachine): void {
    const { name, host = '', replaceable } = machine;
    const last = this.#lastHost.get(name);
    if (last !== undefined && last !== host && !replaceable) this.moves++;
    this.#lastHost.set(name, host);
    for (const listener of this.#listeners) listener(machine);
  }
}

function isSame(a: KnownMachine, b: KnownMachine): boolean {
  return a.host === b.host && a.runs === b.runs && a.refusal === b.refusal && isAsLarge(a, b);
}

/** Machines that grow where they are take more of their host. */
function isAsLarge({ request: { amounts: a } }: KnownMachine, { request: { amounts: b } }: KnownMachine): boolean {
  return a.cpu === b.cpu && a.memory === b.memory;
}

type Machine = Stored<Pod> | Stored<VirtualMachineInstance>;

function knownMachine(machine: Machine): KnownMachine {
  const { namespace = '', name, labels, ownerReferences, deletionTimestamp } = machine.metadata;
  const isInstance = machine.kind === 'VirtualMachineInstance';
  const host = isInstance ? (machine as VirtualMachineInstance).status?.nodeName : (machine as Pod).spec.nodeName;
  const group = labels?.[groupLabel] ?? '';
  const ownsName = ownerReferences?.some(({ kind, controller }) => controller && kind === 'VirtualMachine') === true;
  const conditions = (machine.status as Conditioned | undefined)?.conditions ?? [];
  const refused = conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  return {
    name: `${machine.kind}/${namespace}/${name}`,
    group,
    replaceable: !isInstance || !ownsName || namespace === namespaceOf(group),
    host: host === '' ? undefined : host,
    runs: machine.status?.phase === 'Running' && deletionTimestamp === undefined,
    request: requestOfMachine(machine as Stored<KubeObject>),
    refusal: host ? undefined : refused?.message,
  };
}

interface Conditioned {
  readonly conditions?: readonly { readonly type?: string; readonly status?: string; readonly message?: string }[];
}
