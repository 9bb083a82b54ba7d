import type { MachineRequest, Snapshot } from '@godwit/planner';

interface Claim {
  readonly host: string;
  /** Machines that have to go and are still there, by uid. */
  readonly waitsFor: Set<string>;
  /** All of them, for those who ask later: `namespace/name`. */
  readonly victims: readonly string[];
  /** What stands in the snapshot in place of those that have gone. */
  readonly placeholders: string[];
}

/**
 * Room that is being made. When a victim has gone, something of its size takes its place in the snapshot until
 * the machine that it went for is placed: nobody else slips in between.
 */
export class HeldRoom {
  readonly #snapshot: Snapshot;
  readonly #claims = new Map<string, Claim>();

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  claim(uid: string, host: string, victims: readonly MachineRequest[]): void {
    this.release(uid);
    this.#claims.set(uid, {
      host,
      waitsFor: new Set(victims.map((victim) => victim.uid)),
      victims: victims.map(({ namespace, name }) => `${namespace}/${name}`),
      placeholders: [],
    });
  }

  has(uid: string): boolean {
    return this.#claims.has(uid);
  }

  /** Whether machines that have to go for this one are still there. */
  isWaiting(uid: string): boolean {
    return (this.#claims.get(uid)?.waitsFor.size ?? 0) > 0;
  }

  /** Whether a machine has to go for some other one. */
  isLeavingFor(victim: string): boolean {
    for (const { waitsFor } of this.#claims.values()) if (waitsFor.has(victim)) return true;
    return false;
  }

  /** Who went for it. */
  victimsOf(uid: string): readonly string[] {
    return this.#claims.get(uid)?.victims ?? [];
  }

  /** A machine has gone from the snapshot. */
  gone(request: MachineRequest): void {
    for (const [uid, { host, waitsFor, placeholders }] of this.#claims) {
      if (!waitsFor.delete(request.uid)) continue;
      const placeholder = `room of ${request.uid} for ${uid}`;
      placeholders.push(placeholder);
      this.#snapshot.put(placeholderOf(request, placeholder), host);
    }
  }

  /** Takes the placeholders away: the machine is placed now, or wants nothing any more. */
  vacate(uid: string): void {
    for (const placeholder of this.#claims.get(uid)?.placeholders.splice(0) ?? []) this.#snapshot.remove(placeholder);
  }

  release(uid: string): void {
    this.vacate(uid);
    this.#claims.delete(uid);
  }
}

/** Takes as much as the machine did, and is nobody's friend or foe. */
function placeholderOf(request: MachineRequest, uid: string): MachineRequest {
  return { ...request, uid, name: uid, labels: {}, affinity: undefined, spread: [] };
}
