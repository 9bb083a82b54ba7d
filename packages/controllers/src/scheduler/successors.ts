import type { Clock } from '@godwit/base';
import { decisionAnnotation, isAction, type MachineRequest, parseRecords } from '@godwit/planner';
import type { Machine } from './schedulable-machine.ts';

/** How long somebody is awaited who takes the place of a machine that went. */
const PATIENCE_MS = 60_000;
/** The strongest wish that a machine can have. */
const STRONGEST = 100;

/**
 * A pod cannot be carried to another host: it is ended, and whoever made it makes another. That one should be where the
 * plan meant the first one to go; the scheduler by itself might well put it back where that one came from. So the wish is
 * added to what it asks for, as if it said so itself: it decides among hosts that will do.
 */
export class Successors {
  readonly #clock: Clock;
  /** By owner, who lost one last at the end: where those were meant to go that went. */
  readonly #left = new Map<string, { readonly host: string; readonly atMs: number }[]>();
  readonly #wishes = new Map<string, string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A machine has been told to go. */
  goes({ metadata }: Machine): void {
    const owner = ownerOf(metadata);
    const [record] = parseRecords(metadata.annotations?.[decisionAnnotation]);
    if (owner === undefined || !record || !isAction(record) || record.do !== 'move') return;
    const known = this.#left.get(owner) ?? [];
    this.#left.delete(owner);
    this.#left.set(owner, [...known, { host: record.to, atMs: this.#clock.monotonic() }]);
    this.#forgetOld();
  }

  /** Owners that make no others any more are not remembered for ever. */
  #forgetOld(): void {
    const oldest = this.#clock.monotonic() - PATIENCE_MS;
    for (const [owner, left] of this.#left) {
      if ((left.at(-1)?.atMs ?? oldest) >= oldest) return;
      this.#left.delete(owner);
    }
  }

  /** A machine has come that waits for a host. */
  comes({ metadata }: Machine): void {
    const owner = ownerOf(metadata);
    const left = owner === undefined ? undefined : this.#left.get(owner);
    if (owner === undefined || !left) return;
    const oldest = this.#clock.monotonic() - PATIENCE_MS;
    let next = left.shift();
    while (next && next.atMs < oldest) next = left.shift();
    if (left.length === 0) this.#left.delete(owner);
    if (next) this.#wishes.set(metadata.uid, next.host);
  }

  forget(uid: string): void {
    this.#wishes.delete(uid);
  }

  /** What it asks for, with the wish that it has by whom it follows. */
  withWish(request: MachineRequest): MachineRequest {
    const host = this.#wishes.get(request.uid);
    if (host === undefined) return request;
    const { nodeAffinity } = request.affinity ?? {};
    const preference = { matchFields: [{ key: 'metadata.name', operator: 'In' as const, values: [host] }] };
    const wishes = [
      ...(nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []),
      { weight: STRONGEST, preference },
    ];
    const wished = { ...nodeAffinity, preferredDuringSchedulingIgnoredDuringExecution: wishes };
    return { ...request, affinity: { ...request.affinity, nodeAffinity: wished } };
  }
}

function ownerOf({ ownerReferences }: Machine['metadata']): string | undefined {
  return ownerReferences?.find(({ controller }) => controller)?.uid;
}
