import type { Random } from '@godwit/base';
import { type Host, type MachineRequest, type Policy, place, type Snapshot } from '@godwit/planner';
import { allAwake, someSleep } from './all-awake.ts';
import type { Ledger } from './ledger.ts';

/**
 * How many machines would be left without a host if these hosts were lost at once. Leaves the snapshot as it was.
 */
export function homelessWithout(snapshot: Snapshot, names: readonly string[], policy: Policy, random: Random): number {
  const hosts: Host[] = [];
  const homeless: { readonly request: MachineRequest; readonly host: string }[] = [];
  for (const name of names) {
    const row = snapshot.rowOf(name);
    const host = row === undefined ? undefined : snapshot.hosts[row];
    if (row === undefined || !host) continue;
    hosts.push(host);
    for (const { request } of snapshot.machinesOn(row)) homeless.push({ request, host: name });
  }
  for (const { request } of homeless) snapshot.remove(request.uid);
  for (const host of hosts) snapshot.setHost({ ...host, ready: false });
  const { placements, refusals } = place(
    snapshot,
    homeless.map(({ request }) => request),
    policy,
    random,
  );
  for (const { request } of placements) snapshot.remove(request.uid);
  for (const host of hosts) snapshot.setHost(host);
  for (const { request, host } of homeless) snapshot.put(request, host);
  return refusals.length;
}

/** Whether as many hosts as the reserve says could be lost: as things are, and with all that sleeps awake. */
export interface ReserveState {
  readonly held: boolean;
  readonly canHold: boolean;
}

/** Says whether N+k is held, looked at again only when something has changed. */
export class ReserveWatch {
  readonly #ledger: Pick<Ledger, 'snapshot' | 'changes'>;
  readonly #count: number;
  readonly #policy: Policy;
  readonly #random: Random;
  #known: (ReserveState & { readonly changes: number }) | undefined;

  constructor(ledger: Pick<Ledger, 'snapshot' | 'changes'>, count: number, policy: Policy, random: Random) {
    this.#ledger = ledger;
    this.#count = count;
    this.#policy = policy;
    this.#random = random;
  }

  state(): ReserveState {
    const { changes, snapshot } = this.#ledger;
    if (this.#known?.changes === changes) return this.#known;
    const held = this.#isHeld();
    const canHold = held || (someSleep(snapshot) && allAwake(snapshot, () => this.#isHeld()));
    this.#known = { changes, held, canHold };
    return this.#known;
  }

  #isHeld(): boolean {
    const { snapshot } = this.#ledger;
    if (snapshot.hostCount <= this.#count) return false;
    if (this.#count === 0) return true;
    const { tried, together } = reserveCheckOf(this.#count, snapshot.hostCount);
    const heaviest = heaviestHosts(snapshot, tried);
    const losses = together ? [heaviest] : heaviest.map((name) => [name]);
    return losses.every((names) => homelessWithout(snapshot, names, this.#policy, this.#random) === 0);
  }
}

/** Hosts whose loss is tried at every change, where there are too many to try all. */
const HEAVIEST = 8;
const ALL_UP_TO = 40;

/** Which losses are tried to say that a reserve is held. */
export interface ReserveCheck {
  /** How many of the heaviest hosts are tried, and of how many. */
  readonly tried: number;
  readonly of: number;
  /** All of them at once; otherwise each by itself. */
  readonly together: boolean;
}

/** What is tried for N+k among so many hosts: any one of few, the heaviest of many, the heaviest k together. */
export function reserveCheckOf(reserveHosts: number, hosts: number): ReserveCheck {
  if (reserveHosts !== 1) return { tried: Math.min(reserveHosts, hosts), of: hosts, together: true };
  return { tried: hosts <= ALL_UP_TO ? hosts : HEAVIEST, of: hosts, together: false };
}

/** The hosts whose loss would be the hardest: those that have given out the most of what they have. */
export function heaviestHosts(snapshot: Snapshot, count: number): readonly string[] {
  const cpu = snapshot.columns('cpu').used;
  const memory = snapshot.columns('memory').used;
  const weights = snapshot.hosts.flatMap((host, row) =>
    host?.ready ? [{ name: host.name, cpu: cpu.values[row] ?? 0, memory: memory.values[row] ?? 0 }] : [],
  );
  const byMemory = weights.toSorted((a, b) => b.memory - a.memory || b.cpu - a.cpu);
  return byMemory.slice(0, count).map(({ name }) => name);
}
