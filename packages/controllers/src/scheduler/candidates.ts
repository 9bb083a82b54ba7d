import type { ApiClient } from '@godwit/client';
import { persistentVolume, persistentVolumeClaim, selectedNodeAnnotation, storageClass } from '@godwit/kinds';
import { type MachineRequest, requestOfMachine } from '@godwit/planner';
import { reachOfClaims, type StorageLookup } from './claim-reach.ts';
import type { ClusterWatch, Waiting } from './cluster-watch.ts';
import { type Gang, gangOf } from './gangs.ts';
import { claimsOf, isInstance, type Machine } from './schedulable-machine.ts';
import type { ClaimWait } from './why-waiting.ts';

/** Most machines that one run looks at; the rest follow at once. A group is never cut apart. */
const BATCH_SIZE = 500;

/** A machine that could run somewhere, as far as its volumes go. */
export interface Candidate {
  readonly entry: Waiting;
  readonly request: MachineRequest;
  /** Claims whose volume the chosen host has to make first. */
  readonly choose: readonly string[];
  readonly gang: Gang | undefined;
}

/** Hosts that were chosen in this run for claims whose volumes are to be made, by `namespace/claim`. */
export type ChosenHosts = ReadonlyMap<string, string>;

/** Finds out which of the waiting machines can be placed. */
export class Candidates {
  readonly #client: ApiClient;
  readonly #watch: ClusterWatch;
  readonly #onMissing: (machine: Machine, why: ClaimWait) => void;

  /** @param onMissing hears what the volumes of a pod still lack */
  constructor(client: ApiClient, watch: ClusterWatch, onMissing: (machine: Machine, why: ClaimWait) => void) {
    this.#client = client;
    this.#watch = watch;
    this.#onMissing = onMissing;
  }

  /** Those that wait, have not been refused as things stand, and whose volumes let them be placed. */
  all(epoch: number, chosen: ChosenHosts): Candidate[] {
    const candidates: Candidate[] = [];
    const gangs = new Set<string>();
    let isAll = true;
    for (const [uid, entry] of this.#watch.waiting) {
      const full = candidates.length >= BATCH_SIZE;
      // The rest of a group may stand behind the end of the batch.
      if (full) isAll = false;
      if (full && gangs.size === 0) break;
      if (entry.refusedAt === epoch || this.#watch.isAssumed(uid)) continue;
      const gang = gangOf(entry.machine);
      if (full && !(gang && gangs.has(gang.key))) continue;
      const candidate = this.of(entry, chosen);
      if (!candidate) {
        entry.refusedAt = epoch;
        continue;
      }
      candidates.push(candidate);
      if (gang) gangs.add(gang.key);
    }
    this.#watch.looked(isAll);
    return candidates;
  }

  /** Undefined when the machine has to wait for its volumes. */
  of(entry: Waiting, chosen: ChosenHosts): Candidate | undefined {
    const { machine } = entry;
    const reach = reachOfClaims(claimsOf(machine), this.#storage(machine.metadata.namespace ?? '', chosen));
    if (reach.type === 'waiting') {
      // Of an instance its own controller says what is the matter with its volumes.
      if (reach.missing && !isInstance(machine)) this.#onMissing(machine, reach.why);
      return undefined;
    }
    const priority = this.#watch.priorities.of(machine);
    const asked = requestOfMachine(machine, { volumes: reach.volumes, priority });
    const request = this.#watch.successors.withWish(asked);
    return { entry, request, choose: reach.choose, gang: gangOf(machine) };
  }

  #storage(home: string, chosen: ChosenHosts): StorageLookup {
    const client = this.#client;
    return {
      claim: (name) => {
        const claim = client.cache(persistentVolumeClaim).get({ namespace: home, name });
        const host = chosen.get(`${home}/${name}`);
        if (!claim || host === undefined) return claim;
        const annotations = { ...claim.metadata.annotations, [selectedNodeAnnotation]: host };
        return { ...claim, metadata: { ...claim.metadata, annotations } };
      },
      volume: (name) => client.cache(persistentVolume).get({ name }),
      volumes: () => client.cache(persistentVolume).values(),
      storageClass: (name) => client.cache(storageClass).get({ name }),
    };
  }
}
