import type { Random } from '@godwit/base';
import { type GroupResult, type Placement, type Policy, placeTogether } from '@godwit/planner';
import type { Candidate, Candidates } from './candidates.ts';
import type { ClusterWatch } from './cluster-watch.ts';
import { type Gang, gangFault, gangSize } from './gangs.ts';
import type { WhyWaiting } from './why-waiting.ts';

export interface Placed {
  readonly candidate: Candidate;
  readonly placement: Placement;
}

export interface Refused {
  readonly candidate: Candidate;
  /** Why, where that is not told by asking every host again. */
  readonly why?: WhyWaiting;
}

/** What became of all that waited. Everything placed counts in the snapshot already. */
export interface Batch {
  readonly placed: readonly Placed[];
  readonly refused: readonly Refused[];
}

export interface PlaceBatchOptions {
  readonly watch: ClusterWatch;
  readonly candidates: Candidates;
  readonly policy: Policy;
  readonly random: Random;
  readonly epoch: number;
}

/** Places all that waits at once. Decides only: nothing is written. */
export function placeBatch(options: PlaceBatchOptions): Batch {
  const run = new Run(options);
  run.placeAll();
  return run;
}

class Run implements Batch {
  readonly placed: Placed[] = [];
  readonly refused: Refused[] = [];
  readonly #options: PlaceBatchOptions;
  readonly #chosen = new Map<string, string>();

  constructor(options: PlaceBatchOptions) {
    this.#options = options;
  }

  /**
   * First, one by one, those for whom room is kept already; then groups, whole or not at all; then all that
   * only need a host; last, one by one, those who choose where a volume is made, since others may share it.
   */
  placeAll(): void {
    const { candidates, epoch, watch } = this.#options;
    const all = candidates.all(epoch, this.#chosen);
    const alone = all.filter(({ gang }) => !gang);
    const isKept = ({ request: { uid } }: Candidate) => watch.held.has(uid) || watch.snapshot.hostOf(uid) !== undefined;
    for (const candidate of alone.filter(isKept)) this.#placeOne(candidate);
    for (const members of gangsIn(all)) this.#placeGang(members);
    const others = alone.filter((candidate) => !isKept(candidate));
    this.#take(this.#place(others.filter(({ choose }) => choose.length === 0)));
    for (const { entry } of others.filter(({ choose }) => choose.length > 0)) {
      // Somebody before may have chosen for a claim of this one too: look again.
      const candidate = candidates.of(entry, this.#chosen);
      if (candidate) this.#placeOne(candidate);
    }
  }

  /** One for whom room is held gets that room, and what was held is free again. */
  #placeOne(candidate: Candidate): void {
    const { held } = this.#options.watch;
    const { uid } = candidate.request;
    if (held.isWaiting(uid)) {
      // It may fit elsewhere meanwhile; but what is held for it is not given up before it does.
      this.#take(this.#place([candidate]));
      return;
    }
    held.vacate(uid);
    const batch = this.#place([candidate]);
    if (batch.placed.length === 0) held.restore(uid);
    this.#take(batch);
  }

  #placeGang(members: readonly (Candidate & { readonly gang: Gang })[]): void {
    const { watch } = this.#options;
    const gangs = members.map(({ gang }) => gang);
    const [{ key, name: group }] = gangs as [Gang];
    const there = watch.placedOfGang(key);
    const fault = gangFault(gangs, there);
    if (fault) {
      for (const candidate of members) this.refused.push({ candidate, why: fault });
      return;
    }
    const needed = gangSize(gangs) - there;
    const batch = this.#place(members, needed);
    if (batch.placed.length >= needed) {
      this.#take(batch);
      return;
    }
    const { possible, why: next } = batch;
    const why: WhyWaiting = { is: 'group-refused', group, needed, possible, ...(next && { next }) };
    for (const candidate of members) this.refused.push({ candidate, why });
  }

  /** Places at least `needed` of them, or none. */
  #place(candidates: readonly Candidate[], needed = 0): Batch & Pick<GroupResult, 'possible' | 'why'> {
    const { watch, policy, random } = this.#options;
    const byUid = new Map(candidates.map((candidate) => [candidate.request.uid, candidate]));
    const requests = candidates.map(({ request }) => request);
    for (const { uid } of requests) watch.snapshot.remove(uid);
    const { placements, refusals, possible, why } = placeTogether(watch.snapshot, requests, needed, policy, random);
    const candidateOf = ({ request }: { readonly request: { readonly uid: string } }) =>
      byUid.get(request.uid) as Candidate;
    return {
      placed: placements.map((placement) => ({ candidate: candidateOf(placement), placement })),
      refused: refusals.map((refusal) => ({ candidate: candidateOf(refusal) })),
      possible,
      ...(why && { why }),
    };
  }

  /** Holds on to what was placed. */
  #take({ placed, refused }: Batch): void {
    const { watch } = this.#options;
    for (const { candidate, placement } of placed) {
      for (const claim of candidate.choose) this.#chosen.set(`${candidate.request.namespace}/${claim}`, placement.host);
      if (candidate.choose.length === 0) watch.assume(placement.request.uid, placement.host);
      this.placed.push({ candidate, placement });
    }
    this.refused.push(...refused);
  }
}

type Member = Candidate & { readonly gang: Gang };

function gangsIn(candidates: readonly Candidate[]): Iterable<readonly Member[]> {
  const gangs = new Map<string, Member[]>();
  for (const candidate of candidates) {
    if (!candidate.gang) continue;
    const member = candidate as Member;
    const members = gangs.get(member.gang.key);
    if (members) members.push(member);
    else gangs.set(member.gang.key, [member]);
  }
  return gangs.values();
}
