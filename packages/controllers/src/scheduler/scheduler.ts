import { counted, describeError, type Random } from '@godwit/base';
import { type ApiClient, EventRecorder } from '@godwit/client';
import {
  balancePolicy,
  isNotFound,
  namespace,
  node,
  persistentVolume,
  persistentVolumeClaim,
  pod,
  podDisruptionBudget,
  priorityClass,
  selectedNodeAnnotation,
  storageClass,
  virtualMachineInstance,
} from '@godwit/kinds';
import {
  decisionAnnotation,
  explainRefusal,
  GoverningPolicy,
  type MachineRequest,
  type Placement,
  type PlacementRecord,
  type Policy,
  type WhyRefused,
} from '@godwit/planner';
import { wake } from '../framework/index.ts';
import { after, done, type Outcome, type Reconciler, type Wake } from '../reconciler.ts';
import { Candidates } from './candidates.ts';
import { ClusterWatch } from './cluster-watch.ts';
import { type Placed, placeBatch, type Refused } from './place-batch.ts';
import { RoomMaker } from './preemption/index.ts';
import { isInstance, type Machine } from './schedulable-machine.ts';
import { tellRefusal } from './tell-refusal.ts';
import { type RoomNews, type WhyWaiting, waitingInEnglish } from './why-waiting.ts';

/** Who asks for placements, and speaks in events. */
const COMPONENT = 'default-scheduler';
/** All waiting machines are looked at together, so there is only one name. */
const BATCH = 'waiting-machines';
/** Most requests to the API under way at once: they wait for the disk together, and one sync serves them all. */
const PARALLEL = 128;
/** After this long everything that was refused is looked at again, whatever has changed. */
const RETRY_MS = 60_000;

/** Hears what the messages of refusals stand for. */
export type RefusalListener = (message: string, why: WhyWaiting) => void;

/** Gives hosts to machines that wait for one. */
export class Scheduler implements Reconciler {
  readonly name = 'scheduler';
  readonly workers = 1;
  readonly wakes: readonly Wake[];
  readonly #client: ApiClient;
  readonly #events: EventRecorder;
  readonly #watch: ClusterWatch;
  readonly #candidates: Candidates;
  readonly #room: RoomMaker;
  readonly #governing = new GoverningPolicy();
  readonly #random: Random;
  /** What refused machines of this run were told, by what they ask for, and after how many changes of the snapshot. */
  readonly #told = new Map<string, { readonly why: WhyRefused; readonly at: number }>();
  readonly #onRefusal: RefusalListener | undefined;
  #retriedMs: number;

  constructor(client: ApiClient, onRefusal?: RefusalListener) {
    this.#client = client;
    this.#onRefusal = onRefusal;
    this.#random = client.world.random.fork();
    this.#retriedMs = client.world.clock.monotonic();
    this.#events = new EventRecorder(client, COMPONENT);
    // The watch listens before whoever runs this: when a wake is asked for names, the watch knows already.
    this.#watch = new ClusterWatch(client);
    this.#candidates = new Candidates(client, this.#watch, (machine, why) => {
      void this.#tell(machine, { is: 'volumes', hosts: this.#watch.snapshot.hostCount, why });
    });
    this.#room = new RoomMaker({
      client,
      events: this.#events,
      watch: this.#watch,
      policy: () => this.#policy,
      component: COMPONENT,
    });
    const ifWork = () => (this.#watch.hasWork ? [BATCH] : []);
    this.wakes = [
      wake(client.cache(node), ifWork),
      wake(client.cache(pod), ifWork),
      wake(client.cache(virtualMachineInstance), ifWork),
      wake(client.cache(persistentVolumeClaim), ifWork),
      wake(client.cache(persistentVolume), ifWork),
      wake(client.cache(storageClass), ifWork),
      wake(client.cache(priorityClass), ifWork),
      wake(client.cache(podDisruptionBudget), ifWork),
      wake(client.cache(namespace), ifWork),
      wake(client.cache(balancePolicy), ifWork),
    ];
  }

  get #policy(): Policy {
    return this.#governing.of(this.#client.cache(balancePolicy).values());
  }

  async reconcile(): Promise<Outcome> {
    this.#retryAllInTime();
    this.#told.clear();
    const { epoch } = this.#watch;
    const { placed, refused } = placeBatch({
      watch: this.#watch,
      candidates: this.#candidates,
      policy: this.#policy,
      random: this.#random,
      epoch,
    });
    const work = [
      ...placed.map((one) => () => this.#settle(one, epoch)),
      ...refused.map((one) => () => this.#refuse(one, epoch)),
    ];
    const failures = await inParallel(work, PARALLEL);
    if (failures.length > 0) throw failures[0];
    if (this.#watch.hasWork) return after(0, 'more machines wait');
    const { size } = this.#watch.waiting;
    return size === 0 ? done : after(RETRY_MS, `${counted(size, 'machine waits', 'machines wait')} for a host`);
  }

  #retryAllInTime(): void {
    const nowMs = this.#client.world.clock.monotonic();
    if (nowMs - this.#retriedMs < RETRY_MS) return;
    this.#retriedMs = nowMs;
    this.#watch.stir();
  }

  async #settle({ candidate, placement }: Placed, epoch: number): Promise<void> {
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
    this.#watch.held.release(placement.request.uid);
    const { namespace: home, name } = machine.metadata;
    this.#events.normal(machine, 'Scheduled', `Successfully assigned ${home}/${name} to ${placement.host}`);
  }

  /** The decision with what it was made from: it stands in the write that it explains. */
  #record({ uid, amounts }: MachineRequest, decision: Placement['decision']): PlacementRecord {
    const at = Math.floor(this.#client.world.clock.now() / 1000);
    const out = this.#watch.held.victimsOf(uid);
    const context = { at, by: COMPONENT, rev: String(this.#watch.revision), in: amounts };
    return { ...decision, ...context, ...(out.length > 0 && { out }) };
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

  /** Says why it waits, and makes room for it where that can be done. */
  async #refuse({ candidate, why }: Refused, epoch: number): Promise<void> {
    const { entry, request, gang, choose } = candidate;
    entry.refusedAt = epoch;
    const { held } = this.#watch;
    const wasHeld = held.has(request.uid) && !held.isWaiting(request.uid);
    // What was made for it did not do. It counts as free for whom it was made, until the next choice is made below.
    if (wasHeld) held.release(request.uid);
    const refusal: WhyWaiting = why ?? { is: 'refused', why: this.#explain(request) };
    // Groups wait until there is room for all of them: pushing others out for a part would help nobody.
    const mayPush = !gang && choose.length === 0;
    const preemption = mayPush ? this.#room.choose(entry.machine, request) : undefined;
    if (wasHeld && !preemption) this.#watch.stir();
    const room = mayPush ? this.#roomFor(entry.machine, request) : undefined;
    await this.#tell(entry.machine, refusal.is === 'refused' && room ? { ...refusal, room } : refusal);
    if (preemption) await this.#room.carryOut(entry.machine, request, preemption);
  }

  /** Whether room is being made, or what keeps it from being made. */
  #roomFor(machine: Machine, request: MachineRequest): RoomNews | undefined {
    const { held } = this.#watch;
    if (!held.isWaiting(request.uid)) return this.#room.keptByBudgets(machine, request);
    const host = held.hostOf(request.uid) ?? '';
    return { is: 'being-made', host, machines: held.victimsOf(request.uid) };
  }

  /** Many that wait are alike: as long as nothing changes, all of them hear the same. */
  #explain(request: MachineRequest): WhyRefused {
    const { snapshot } = this.#watch;
    const { uid: _uid, name: _name, since: _since, ...asked } = request;
    const question = JSON.stringify(asked);
    const told = this.#told.get(question);
    if (told?.at === snapshot.journal.length) return told.why;
    const why = explainRefusal(snapshot, request, this.#policy, () => this.#watch.waitingRequests());
    this.#told.set(question, { why, at: snapshot.journal.length });
    return why;
  }

  async #tell(machine: Machine, why: WhyWaiting): Promise<void> {
    const message = waitingInEnglish(why);
    this.#onRefusal?.(message, why);
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
