import { describeError } from '@godwit/base';
import type { ApiClient } from '@godwit/client';
import { type BalancePolicy, balancePolicy, type ConfigMap, configMap, isNotFound, type Stored } from '@godwit/kinds';
import { controllerReference } from '../../framework/index.ts';
import type { Moment } from '../moment.ts';
import { type PolicyMemory, SAMPLE_MS } from '../policy-memory.ts';
import { type Data, type KeptMachines, readMachines, readPolicy, writeMachines, writePolicy } from './form.ts';

/** Where policies keep what they know: they stand in no namespace themselves. */
const NAMESPACE = 'kube-system';
/** How often one of the shards is kept, and what is known of the policy as a whole. */
const KEEP_MS = 600_000;
/** Within this all of them are: so much of what it has learned a crash may cost a large cloud. */
const ROUND_MS = 3_600_000;
/** A shard that is longer is split, in characters: an object may hold twice as much. */
const LONGEST = 512 * 1024;
/** However long nobody watched, to what was learned it was no more: otherwise the first samples afterwards were all that counts. */
const LONGEST_GAP_MS = 3_600_000;
/** ConfigMaps that are read at once. */
const PAGE = 16;

/**
 * Where what a policy has learned outlives the process: ConfigMaps that belong to the policy and go with it, one of the
 * policy as a whole and one for each thousand machines. Each is replaced by one write, so that there is no half of
 * it, and they take turns. What cannot be read is learned anew.
 */
export class Shelf {
  readonly #client: ApiClient;
  readonly #memory: PolicyMemory;
  /** By its uid: a policy of the same name is another one. */
  readonly #name: string;
  /** Those of its ConfigMaps that there are. */
  readonly #names = new Set<string>();
  #isRecalled = false;
  #policyKeptMs = Number.NEGATIVE_INFINITY;
  /** Until when shards are kept that were due, and which is next. */
  #shardsKeptMs = 0;
  #next = 0;
  /** Whether all were kept since the first one was. */
  #isWhole = false;

  constructor(client: ApiClient, uid: string, memory: PolicyMemory) {
    this.#client = client;
    this.#memory = memory;
    this.#name = `balance-policy-${uid}`;
  }

  /** Whether the memory knows what was kept. */
  get isRecalled(): boolean {
    return this.#isRecalled;
  }

  /**
   * Takes up what another process has learned.
   * @throws when it could not be asked for: a memory that began without it would soon be kept in its place
   */
  async recall(now: Moment): Promise<void> {
    const found = await this.#find();
    const shards: (KeptMachines & { readonly name: string })[] = [];
    const damages: unknown[] = [];
    const attempt = (read: () => void) => {
      try {
        read();
      } catch (error) {
        damages.push(error);
      }
    };
    for (const { metadata, data = {} } of found) {
      if (metadata.name === this.#name) attempt(() => this.#takePolicy(data, now));
      else attempt(() => shards.push({ ...readMachines(data), name: metadata.name }));
    }
    // While machines are shared out anew they may stand in two: the younger one knows better.
    const { ofMachines, records } = this.#memory;
    this.#beginRound(now);
    const youngestFirst = shards.toSorted((a, b) => b.atMs - a.atMs);
    const [last] = youngestFirst;
    if (last) this.#continueRound(last.name, monotonicOf(last.atMs, now));
    for (const { atMs, of, lines } of youngestFirst) {
      if (of !== ofMachines) continue;
      const keptMs = monotonicOf(atMs, now);
      for (const [id, word] of lines) if (!records.has(id)) attempt(() => this.#memory.take(id, word, keptMs));
    }
    if (damages.length > 0) this.#warn('what a policy had learned is damaged, and is learned anew', damages[0]);
    this.#isRecalled = true;
  }

  /** Keeps what is due. What was not kept is at the next time. */
  async tend(policy: Stored<BalancePolicy>, now: Moment): Promise<void> {
    const { shards } = this.#memory;
    if (shards.fit()) this.#beginRound(now);
    await this.#attempt(async () => {
      if (now.monotonicMs - this.#policyKeptMs >= KEEP_MS) await this.#keepPolicy(policy, now, 0);
    });
    const due = Math.floor((now.monotonicMs - this.#shardsKeptMs) / this.#everyMs);
    this.#shardsKeptMs += due * this.#everyMs;
    // Turns that were missed while nothing ran are not made good at once.
    for (let left = Math.min(due, Math.ceil(SAMPLE_MS / this.#everyMs)); left > 0; left--) {
      await this.#attempt(() => this.#keepNext(policy, now));
    }
  }

  /**
   * Pods are about to be ended: it is known before it is done, so that nobody who does not live to see it ends more in
   * an hour than the policy allows.
   * @throws when that could not be written
   */
  async announce(policy: Stored<BalancePolicy>, evictions: number, now: Moment): Promise<void> {
    await this.#keepPolicy(policy, now, evictions);
  }

  /** Removes what was kept: nothing is measured for the policy any more. */
  async clear(): Promise<void> {
    for (const { metadata } of await this.#find()) await this.#remove(metadata.name);
  }

  async #find(): Promise<readonly Stored<ConfigMap>[]> {
    const found: Stored<ConfigMap>[] = [];
    let next: string | undefined;
    do {
      const page = await this.#client
        .resource(configMap)
        .list({ namespace: NAMESPACE, limit: PAGE, ...(next !== undefined && { continue: next }) });
      found.push(...page.items.filter(({ metadata }) => metadata.name.startsWith(this.#name)));
      next = page.continue;
    } while (next);
    for (const { metadata } of found) this.#names.add(metadata.name);
    return found;
  }

  #takePolicy(data: Data, now: Moment): void {
    const { atMs, demand, evictions, empty } = readPolicy(data);
    const memory = this.#memory;
    const keptMs = monotonicOf(atMs, now);
    this.#policyKeptMs = keptMs;
    for (const [ageSeconds, count] of evictions) {
      const times = Array.from({ length: count }, () => keptMs - ageSeconds * 1000);
      memory.evictionsMs.push(...times);
      memory.recentMovesMs.push(...times);
    }
    for (const [host, ageSeconds] of Object.entries(empty)) memory.emptySinceMs.set(host, keptMs - ageSeconds * 1000);
    if (demand.of !== memory.ofDemand) return;
    try {
      memory.demand.restore(demand.state, Math.floor((now.monotonicMs - keptMs) / SAMPLE_MS));
    } catch (error) {
      memory.forgetDemand();
      throw error;
    }
  }

  async #keepPolicy(policy: Stored<BalancePolicy>, now: Moment, evictions: number): Promise<void> {
    this.#policyKeptMs = now.monotonicMs;
    const { demand, ofDemand, evictionsMs, emptySinceMs } = this.#memory;
    const ageOf = (atMs: number) => Math.max(0, Math.round((now.monotonicMs - atMs) / 1000));
    const counts = new Map<number, number>(evictions > 0 ? [[0, evictions]] : []);
    for (const atMs of evictionsMs) counts.set(ageOf(atMs), (counts.get(ageOf(atMs)) ?? 0) + 1);
    const data = writePolicy({
      atMs: now.wallMs,
      demand: { of: ofDemand, state: demand.save() },
      evictions: [...counts],
      empty: Object.fromEntries([...emptySinceMs].map(([host, sinceMs]) => [host, ageOf(sinceMs)])),
    });
    await this.#write(policy, this.#name, data);
  }

  async #keepNext(policy: Stored<BalancePolicy>, now: Moment): Promise<void> {
    const { shards, ofMachines } = this.#memory;
    const index = this.#next++;
    if (index === 0) this.#isWhole = true;
    if (this.#next >= shards.count) this.#next = 0;
    const name = this.#nameOf(index);
    const ids = [...shards.members(index)].toSorted();
    const lines = ids.map((id) => [id, this.#memory.wordOf(id, now.monotonicMs)] as const);
    const data = writeMachines({ atMs: now.wallMs, of: ofMachines, lines });
    if ((data['machines'] ?? '').length > LONGEST) {
      shards.split();
      return this.#beginRound(now);
    }
    if (ids.length > 0) await this.#write(policy, name, data);
    else if (this.#names.has(name)) await this.#remove(name);
    if (this.#next === 0 && this.#isWhole) await this.#sweep();
  }

  #nameOf(index: number): string {
    return `${this.#name}-${index}-of-${this.#memory.shards.count}`;
  }

  /** How often it is a shard's turn. */
  get #everyMs(): number {
    return Math.min(KEEP_MS, ROUND_MS / this.#memory.shards.count);
  }

  #beginRound({ monotonicMs }: Moment): void {
    this.#next = 0;
    this.#shardsKeptMs = monotonicMs - this.#everyMs;
  }

  /** Where another program was when it ended: also when none of them lives for long all shards have their turn. */
  #continueRound(name: string, keptMs: number): void {
    const [index, count] = (/-(\d+)-of-(\d+)$/.exec(name) ?? []).slice(1).map(Number);
    if (index === undefined || count === undefined) return;
    const { shards } = this.#memory;
    shards.resume(count);
    this.#next = (index + 1) % shards.count;
    this.#shardsKeptMs = keptMs;
  }

  /** All have been kept in their present order: what remains of another one is of no use. */
  async #sweep(): Promise<void> {
    const { count } = this.#memory.shards;
    const current = new Set([this.#name, ...Array.from({ length: count }, (_, index) => this.#nameOf(index))]);
    for (const name of this.#names) if (!current.has(name)) await this.#remove(name);
  }

  async #write(policy: Stored<BalancePolicy>, name: string, data: Data): Promise<void> {
    const maps = this.#client.resource(configMap);
    const ownerReferences = [controllerReference(policy, balancePolicy)];
    const found = await maps.find({ namespace: NAMESPACE, name });
    if (found) await maps.update({ ...found, metadata: { ...found.metadata, ownerReferences }, data });
    else await maps.create({ metadata: { namespace: NAMESPACE, name, ownerReferences }, data });
    this.#names.add(name);
  }

  async #remove(name: string): Promise<void> {
    try {
      await this.#client.resource(configMap).delete({ namespace: NAMESPACE, name });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    this.#names.delete(name);
  }

  async #attempt(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      this.#isWhole = false;
      this.#warn('what a policy has learned was not kept', error);
    }
  }

  #warn(what: string, error: unknown): void {
    this.#client.world.log.warn(what, { kept: this.#name, error: describeError(error) });
  }
}

/** Where an instant of the wall lies on the clock of this process. One that is yet to come is now: that clock was set back. */
function monotonicOf(atMs: number, { monotonicMs, wallMs }: Moment): number {
  return monotonicMs - Math.min(LONGEST_GAP_MS, Math.max(0, wallMs - atMs));
}
