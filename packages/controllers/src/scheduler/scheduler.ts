import { describeError, type Random } from '@godwit/base';
import { type ApiClient, EventRecorder } from '@godwit/client';
import {
  isNotFound,
  namespace,
  node,
  persistentVolume,
  persistentVolumeClaim,
  pod,
  priorityClass,
  selectedNodeAnnotation,
  storageClass,
  virtualMachineInstance,
} from '@godwit/kinds';
import {
  decisionAnnotation,
  explainRefusal,
  type MachineRequest,
  type Placement,
  type PlacementRecord,
  type Policy,
  place,
  requestOfMachine,
  spreadPolicy,
} from '@godwit/planner';
import { wake } from '../framework/index.ts';
import { after, done, type Outcome, type Reconciler, type Wake } from '../reconciler.ts';
import { reachOfClaims, type StorageLookup } from './claim-reach.ts';
import { ClusterWatch, type Waiting } from './cluster-watch.ts';
import { claimsOf, isInstance, type Machine } from './schedulable-machine.ts';
import { sentenceOf, tellRefusal } from './tell-refusal.ts';

/** Who asks for placements, and speaks in events. */
const COMPONENT = 'default-scheduler';
/** All waiting machines are looked at together, so there is only one name. */
const BATCH = 'waiting-machines';
/** Most machines that one run looks at; the rest follow at once. */
const BATCH_SIZE = 500;
/** Most requests to the API under way at once. */
const PARALLEL = 32;
/** After this long everything that was refused is looked at again, whatever has changed. */
const RETRY_MS = 60_000;

/** A machine that could run somewhere, as far as its volumes go. */
interface Candidate {
  readonly entry: Waiting;
  readonly request: MachineRequest;
  /** Claims whose volume the chosen host has to make first. */
  readonly choose: readonly string[];
}

/** Gives hosts to machines that wait for one. */
export class Scheduler implements Reconciler {
  readonly name = 'scheduler';
  readonly workers = 1;
  readonly wakes: readonly Wake[];
  readonly #client: ApiClient;
  readonly #events: EventRecorder;
  readonly #watch: ClusterWatch;
  readonly #policy: Policy;
  readonly #random: Random;
  #retriedMs: number;

  constructor(client: ApiClient, policy: Policy = spreadPolicy) {
    this.#client = client;
    this.#policy = policy;
    this.#random = client.world.random.fork();
    this.#retriedMs = client.world.clock.monotonic();
    this.#events = new EventRecorder(client, COMPONENT);
    // The watch listens before whoever runs this: when a wake is asked for names, the watch knows already.
    this.#watch = new ClusterWatch(client);
    const ifWork = () => (this.#watch.hasWork ? [BATCH] : []);
    this.wakes = [
      wake(client.cache(node), ifWork),
      wake(client.cache(pod), ifWork),
      wake(client.cache(virtualMachineInstance), ifWork),
      wake(client.cache(persistentVolumeClaim), ifWork),
      wake(client.cache(persistentVolume), ifWork),
      wake(client.cache(storageClass), ifWork),
      wake(client.cache(priorityClass), ifWork),
      wake(client.cache(namespace), ifWork),
    ];
  }

  async reconcile(): Promise<Outcome> {
    this.#retryAllInTime();
    const { epoch, snapshot } = this.#watch;
    const chosen = new Map<string, string>();
    const candidates = this.#candidates(epoch, chosen);
    const placements: { readonly candidate: Candidate; readonly placement: Placement }[] = [];
    const refused: Candidate[] = [];
    for (const group of this.#groups(candidates, chosen)) {
      for (const { request } of group) snapshot.remove(request.uid);
      const requests = group.map(({ request }) => request);
      const result = place(snapshot, requests, this.#policy, this.#random);
      const byUid = new Map(group.map((candidate) => [candidate.request.uid, candidate]));
      for (const placement of result.placements) {
        const candidate = byUid.get(placement.request.uid) as Candidate;
        for (const claim of candidate.choose) chosen.set(`${candidate.request.namespace}/${claim}`, placement.host);
        if (candidate.choose.length === 0) this.#watch.assume(placement.request.uid, placement.host);
        placements.push({ candidate, placement });
      }
      for (const { request } of result.refusals) refused.push(byUid.get(request.uid) as Candidate);
    }
    const work = [
      ...placements.map(
        ({ candidate, placement }) =>
          () =>
            this.#settle(candidate, placement, epoch),
      ),
      ...refused.map((candidate) => () => this.#refuse(candidate, epoch)),
    ];
    const failures = await inParallel(work, PARALLEL);
    if (failures.length > 0) throw failures[0];
    if (this.#watch.hasWork) return after(0, 'more machines wait');
    const { size } = this.#watch.waiting;
    return size === 0 ? done : after(RETRY_MS, `${size} machines wait for a host`);
  }

  #retryAllInTime(): void {
    const nowMs = this.#client.world.clock.monotonic();
    if (nowMs - this.#retriedMs < RETRY_MS) return;
    this.#retriedMs = nowMs;
    this.#watch.stir();
  }

  /** Those that wait, have not been refused as things stand, and whose volumes let them be placed. */
  #candidates(epoch: number, chosen: ReadonlyMap<string, string>): Candidate[] {
    const candidates: Candidate[] = [];
    for (const [uid, entry] of this.#watch.waiting) {
      if (candidates.length >= BATCH_SIZE) break;
      if (entry.refusedAt === epoch || this.#watch.isAssumed(uid)) continue;
      const candidate = this.#candidate(entry, chosen);
      if (candidate) candidates.push(candidate);
      else entry.refusedAt = epoch;
    }
    return candidates;
  }

  /** Undefined when the machine has to wait for its volumes. */
  #candidate(entry: Waiting, chosen: ReadonlyMap<string, string>): Candidate | undefined {
    const { machine } = entry;
    const { namespace: home } = machine.metadata;
    const reach = reachOfClaims(claimsOf(machine), this.#storage(home ?? '', chosen));
    if (reach.type === 'waiting') {
      // Of an instance its own controller says what is the matter with its volumes.
      if (reach.missing && !isInstance(machine))
        void this.#tell(machine, `0/${this.#watch.snapshot.hostCount} nodes are available: ${reach.message}.`);
      return undefined;
    }
    const priority = this.#priorityOf(machine);
    const request = requestOfMachine(machine, { volumes: reach.volumes, ...(priority !== undefined && { priority }) });
    return { entry, request, choose: reach.choose };
  }

  #storage(home: string, chosen: ReadonlyMap<string, string>): StorageLookup {
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

  #priorityOf(machine: Machine): number | undefined {
    if (!isInstance(machine)) return machine.spec.priority;
    const { priorityClassName } = machine.spec;
    return priorityClassName ? this.#client.cache(priorityClass).get({ name: priorityClassName })?.value : undefined;
  }

  /**
   * What is placed together. First, one by one, those for whom room is kept already; then all that only
   * need a host; last, one by one, those who choose where a volume is made, since others may share it.
   */
  *#groups(candidates: readonly Candidate[], chosen: ReadonlyMap<string, string>): Generator<readonly Candidate[]> {
    const kept = candidates.filter(({ request }) => this.#watch.snapshot.hostOf(request.uid) !== undefined);
    const others = candidates.filter((candidate) => !kept.includes(candidate));
    for (const candidate of kept) yield [candidate];
    yield others.filter(({ choose }) => choose.length === 0);
    for (const { entry } of others.filter(({ choose }) => choose.length > 0)) {
      // Somebody before may have chosen for a claim of this one too: look again.
      const candidate = this.#candidate(entry, chosen);
      if (candidate) yield [candidate];
    }
  }

  async #settle(candidate: Candidate, placement: Placement, epoch: number): Promise<void> {
    const { machine } = candidate.entry;
    if (candidate.choose.length > 0) {
      // Room is kept on the host; the machine comes back when its volumes are there.
      candidate.entry.refusedAt = epoch;
      for (const claim of candidate.choose) await this.#choose(machine, claim, placement.host);
      return;
    }
    try {
      await this.#bind(machine, placement);
    } catch (error) {
      this.#watch.release(placement.request.uid);
      if (isNotFound(error)) return;
      this.#events.warning(machine, 'FailedScheduling', `binding to ${placement.host} failed: ${describeError(error)}`);
      throw error;
    }
    const { namespace: home, name } = machine.metadata;
    this.#events.normal(machine, 'Scheduled', `Successfully assigned ${home}/${name} to ${placement.host}`);
  }

  /** The decision with what it was made from: it stands in the write that it explains. */
  #record({ amounts }: MachineRequest, decision: Placement['decision']): PlacementRecord {
    const at = Math.floor(this.#client.world.clock.now() / 1000);
    return { ...decision, at, by: COMPONENT, rev: String(this.#watch.revision), in: amounts };
  }

  async #bind(machine: Machine, { host, decision, request }: Placement): Promise<void> {
    const { namespace: home = '', name, uid } = machine.metadata;
    const { group, version, plural } = isInstance(machine) ? virtualMachineInstance : pod;
    const record = this.#record(request, decision);
    const annotations = { [decisionAnnotation]: JSON.stringify(record) };
    await this.#client.door.create(
      { group, version, plural, namespace: home, name, subresource: 'binding' },
      {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name, namespace: home, uid, annotations },
        target: { apiVersion: 'v1', kind: 'Node', name: host },
      },
    );
  }

  /** Says where the volume of a claim is to be made, unless somebody has said so before. */
  async #choose(machine: Machine, claim: string, host: string): Promise<void> {
    const { namespace: home = '' } = machine.metadata;
    await this.#client.resource(persistentVolumeClaim).modify({ namespace: home, name: claim }, (draft) => {
      if (draft.spec.volumeName || draft.metadata.annotations?.[selectedNodeAnnotation]) return false;
      draft.metadata.annotations = { ...draft.metadata.annotations, [selectedNodeAnnotation]: host };
      return true;
    });
  }

  async #refuse({ entry, request }: Candidate, epoch: number): Promise<void> {
    entry.refusedAt = epoch;
    await this.#tell(entry.machine, sentenceOf(explainRefusal(this.#watch.snapshot, request)));
  }

  async #tell(machine: Machine, message: string): Promise<void> {
    try {
      await tellRefusal(this.#client, this.#events, machine, message);
    } catch (error) {
      // It is told again at the next try.
      this.#client.world.log.debug('a refusal could not be written', { error: describeError(error) });
    }
  }
}

/** Runs all of it, so many at a time; answers what failed. */
async function inParallel(work: readonly (() => Promise<void>)[], limit: number): Promise<unknown[]> {
  const failures: unknown[] = [];
  let next = 0;
  const runner = async () => {
    while (next < work.length) {
      const task = work[next++] as () => Promise<void>;
      await task().catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, work.length) }, runner));
  return failures;
}
