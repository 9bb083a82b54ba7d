import type { MachineRequest, Snapshot } from '@godwit/planner';

interface Claim {
  readonly host: string;
  /** Machines that have to go and are still there, by uid. */
  readonly waitsFor: Set<string>;
  /** Those of them that were told to, for those who ask later: `namespace/name`. */
  readonly victims: readonly string[];
  /** What stands in the snapshot for room that is free and held, by uid. */
  readonly held: Map<string, MachineRequest>;
}

/**
 * Room that is being made. What the machine will need beside what its victims leave is held at once; when a victim
 * has gone, something of its size takes its place in the snapshot. So nobody else slips in before the machine is
 * placed.
 */
export class HeldRoom {
  readonly #snapshot: Snapshot;
  readonly #claims = new Map<string, Claim>();

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  /** @param going machines that leave the host anyway, and whose room is counted on */
  claim(
    request: MachineRequest,
    host: string,
    victims: readonly MachineRequest[],
    going: readonly MachineRequest[] = [],
  ): void {
    const { uid } = request;
    this.release(uid);
    const all = [...victims, ...going];
    const claim: Claim = {
      host,
      waitsFor: new Set(all.map((one) => one.uid)),
      victims: victims.map(nameOf),
      held: new Map(),
    };
    this.#claims.set(uid, claim);
    this.#hold(claim, remainder(request, all));
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

  /** All that have to go for some other one and are still there. */
  *leaving(): Iterable<string> {
    for (const { waitsFor } of this.#claims.values()) yield* waitsFor;
  }

  /** Who went for it. */
  victimsOf(uid: string): readonly string[] {
    return this.#claims.get(uid)?.victims ?? [];
  }

  /** Where room is being made for it. */
  hostOf(uid: string): string | undefined {
    return this.#claims.get(uid)?.host;
  }

  /** A machine has gone from the snapshot. */
  gone(request: MachineRequest): void {
    for (const [uid, claim] of this.#claims) {
      if (claim.waitsFor.delete(request.uid))
        this.#hold(claim, anonymous(request, `room of ${request.uid} for ${uid}`));
    }
  }

  /** Some of the victims stay after all, and are not waited for. What the others leave is held all the same. */
  stay(uid: string, staying: readonly MachineRequest[]): void {
    for (const victim of staying) this.#claims.get(uid)?.waitsFor.delete(victim.uid);
  }

  /** Takes away what stands for the room: the machine itself is tried there now. */
  vacate(uid: string): void {
    for (const placeholder of this.#claims.get(uid)?.held.keys() ?? []) this.#snapshot.remove(placeholder);
  }

  /** It did not do: the room is still held. */
  restore(uid: string): void {
    const claim = this.#claims.get(uid);
    for (const placeholder of claim?.held.values() ?? []) this.#snapshot.put(placeholder, claim?.host as string);
  }

  release(uid: string): void {
    this.vacate(uid);
    this.#claims.delete(uid);
  }

  #hold({ held, host }: Claim, placeholder: MachineRequest): void {
    held.set(placeholder.uid, placeholder);
    this.#snapshot.put(placeholder, host);
  }
}

const nameOf = ({ namespace, name }: MachineRequest): string => `${namespace}/${name}`;

/** Takes as much as the machine did, and is nobody's friend or foe. */
function anonymous(request: MachineRequest, uid: string): MachineRequest {
  return { ...request, uid, name: uid, labels: {}, affinity: undefined, spread: [] };
}

/** What a machine needs beside what `others` leave: no devices and ports, those are theirs. */
function remainder(request: MachineRequest, others: readonly MachineRequest[]): MachineRequest {
  const { gpu: _, cores: __, ...plain } = anonymous(request, `room beside victims for ${request.uid}`);
  const rest = Object.entries(request.amounts).map(([resource, amount]): [string, number] => {
    const left = others.reduce((sum, { amounts }) => sum + (amounts[resource] ?? 0), 0);
    return [resource, Math.max(0, amount - left)];
  });
  return { ...plain, amounts: Object.fromEntries(rest), ports: [] };
}
