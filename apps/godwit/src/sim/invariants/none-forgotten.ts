import { type Invariant, type InvariantContext, Violation } from './invariant.ts';
import { runningMachines } from './running-machines.ts';

/** Longest that a machine may run which the API does not know (any more), while its host's program and the API work. */
const LONGEST_MS = 180_000;

/** No machine runs on that the API has forgotten. */
export class NoneForgotten implements Invariant {
  readonly name = 'none-forgotten';
  readonly #context: InvariantContext;
  readonly #since = new Map<string, number>();

  constructor(context: InvariantContext) {
    this.#context = context;
  }

  second(): void {
    const { cloud, nowMs, report } = this.#context;
    const known = new Set<string>();
    for (const plural of ['pods', 'virtualmachineinstances']) {
      for (const { metadata } of cloud.view.all(plural)) known.add(metadata.uid);
    }
    const forgotten = new Set<string>();
    for (const { host, kind, uid } of runningMachines(cloud)) {
      if (known.has(uid)) continue;
      forgotten.add(uid);
      const ready = cloud.stations.find((station) => station.host.name === host)?.readySinceMs;
      const served = cloud.stations[0]?.readySinceMs;
      // The time in which somebody could have done something about it.
      const working = ready === undefined || served === undefined ? nowMs() : Math.max(ready, served);
      const sinceMs = Math.max(this.#since.get(uid) ?? nowMs(), working);
      this.#since.set(uid, sinceMs);
      const forMs = nowMs() - sinceMs;
      if (forMs > LONGEST_MS) {
        report(new Violation(this.name, `${kind} ${uid} has run for ${forMs / 1000} s unknown to the API`));
      }
    }
    for (const uid of this.#since.keys()) if (!forgotten.has(uid)) this.#since.delete(uid);
  }
}
