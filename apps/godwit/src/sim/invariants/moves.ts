import { movingTo, type Stored, type VirtualMachineInstance } from '@godwit/kinds';
import type { ObjectChange } from '../cloud/api-view.ts';
import { type Invariant, type InvariantContext, Violation } from './invariant.ts';
import { changesOf } from './running-machines.ts';

/** So long after its move a guest that has gone is one that the move has cost. */
const AFTERWARDS_MS = 30_000;

interface Traveller {
  readonly name: string;
  /** When the move ended; undefined while it is under way. */
  endedMs: number | undefined;
}

/** Who moves runs on all the time, on one host or the other, unless somebody ends it or its host goes. */
export class Moves implements Invariant {
  readonly name = 'moves';
  readonly #context: InvariantContext;
  readonly #changesOfGuests: () => boolean;
  /** By UID. */
  readonly #travellers = new Map<string, Traveller>();

  constructor(context: InvariantContext) {
    this.#context = context;
    this.#changesOfGuests = changesOf(context.cloud);
    context.cloud.view.listen({ changed: (change) => this.#changed(change) });
  }

  step(): void {
    const changed = this.#changesOfGuests();
    if (this.#travellers.size === 0 || !changed) return;
    const { cloud, nowMs, report } = this.#context;
    const running = new Set(
      cloud.stations.flatMap(({ host }) => host.hypervisor.actual().map(({ machine }) => machine.uid)),
    );
    for (const [uid, { name, endedMs }] of this.#travellers) {
      if (endedMs !== undefined && nowMs() - endedMs > AFTERWARDS_MS) this.#travellers.delete(uid);
      else if (!running.has(uid)) {
        if (cloud.stations.some(({ host }) => host.hurt.has(uid))) this.#travellers.delete(uid);
        else report(new Violation(this.name, `guest ${name} was moved and runs nowhere`));
      }
    }
  }

  #changed({ plural, before, after }: ObjectChange): void {
    if (plural !== 'virtualmachineinstances') return;
    const { uid, name } = (after ?? before)?.metadata ?? {};
    if (uid === undefined || name === undefined) return;
    const now = after as Stored<VirtualMachineInstance> | undefined;
    const wanted = now && !now.metadata.deletionTimestamp && now.status?.phase === 'Running';
    if (!wanted) this.#travellers.delete(uid);
    else if (movingTo(now) !== undefined) this.#begin(uid, name);
    else {
      const traveller = this.#travellers.get(uid);
      if (traveller) traveller.endedMs ??= this.#context.nowMs();
    }
  }

  /** Who does not run (any more) when it is told to move is none of the move's. */
  #begin(uid: string, name: string): void {
    const { stations } = this.#context.cloud;
    const runs = stations.some(({ host }) => host.hypervisor.actual().some(({ machine }) => machine.uid === uid));
    const hurt = stations.some(({ host }) => host.hurt.has(uid));
    if (runs && !hurt && !this.#travellers.has(uid)) this.#travellers.set(uid, { name, endedMs: undefined });
  }
}
