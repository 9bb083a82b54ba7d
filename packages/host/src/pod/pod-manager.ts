import { Failure } from '@godwit/base';
import {
  type MachineName,
  type MachineOrder,
  type MachineStream,
  type Pod,
  StatusFailure,
  type Stored,
  type StreamRequest,
} from '@godwit/kinds';
import { MachineLoop, type MachineManager, type MachineRecords, type Tick } from '../machine/index.ts';
import type { MachineReading } from '../metrics/index.ts';
import { containerLabels } from './container-labels.ts';
import { PodBehaviour } from './pod-behaviour.ts';
import type { PodAction, PodInput } from './pod-input.ts';
import { podReading } from './pod-reading.ts';
import { recordOfStatus, stateOfRecord } from './pod-record.ts';
import { initialPodState, type PodState } from './pod-state.ts';
import { openPodStream, type PodLogs } from './pod-streams.ts';
import type { PodTools } from './pod-tools.ts';

type PodLoop = MachineLoop<PodState, PodInput, PodAction>;

export interface PodManagerOptions {
  readonly tools: PodTools;
  readonly records: MachineRecords;
  readonly logs: PodLogs;
}

/** All pods of one host. */
export class PodManager implements MachineManager<Pod> {
  readonly #tools: PodTools;
  readonly #records: MachineRecords;
  readonly #logs: PodLogs;
  readonly #loops = new Map<string, PodLoop>();
  /** Ends that were noticed before the start had been reported. */
  readonly #earlyExits = new Set<string>();
  /** Pods that were cleaned up, of which the API may still speak. */
  readonly #finishedPods = new Set<string>();
  readonly #waiters = new Set<() => void>();
  #unsubscribe: (() => void) | undefined;

  constructor(options: PodManagerOptions) {
    this.#tools = options.tools;
    this.#records = options.records;
    this.#logs = options.logs;
  }

  async adopt(): Promise<void> {
    const { containers, folders } = this.#tools;
    await containers.prepare();
    this.listen();
    const [records, found, standing] = await Promise.all([this.#records.load(), containers.list(), folders.list()]);
    const byPod = Map.groupBy(found, (facts) => containerLabels(facts).podUid);
    // A record may be lost, or may never have been written on a full disk: what is left is ended all the same.
    for (const uid of new Set([...records.keys(), ...byPod.keys(), ...standing])) {
      if (uid === '') continue;
      const loop = this.#begin(uid, stateOfRecord(uid, this.#tools.host.ips, records.get(uid)));
      loop.send({ type: 'adopted', containers: byPod.get(uid) ?? [] });
    }
  }

  /** Hears from now on of containers that end: what {@link adopt} begins with, and all that a host needs that is empty. */
  listen(): void {
    this.#unsubscribe ??= this.#tools.containers.subscribe((id) => this.#noticeExit(id));
  }

  /**
   * A pod that runs here already, though this program has not started it and has no record of it: it is looked after from
   * now on as if it had been found by {@link adopt}, from what the API says of it.
   */
  async receive(pod: Stored<Pod>): Promise<void> {
    const { uid } = pod.metadata;
    const found = (await this.#tools.containers.list()).filter((facts) => containerLabels(facts).podUid === uid);
    const ids = new Map(found.map((facts) => [containerLabels(facts).container, facts.id]));
    const record = recordOfStatus(pod, (container) => ids.get(container) ?? '');
    const loop = this.#begin(uid, stateOfRecord(uid, this.#tools.host.ips, record));
    loop.send({ type: 'adopted', containers: found });
    this.ensure(pod);
  }

  ensure(pod: Stored<Pod>): void {
    const { uid } = pod.metadata;
    // News of a pod that is on its way out and has been cleaned up are late.
    if (pod.metadata.deletionTimestamp && this.#finishedPods.has(uid)) return;
    const loop = this.#loops.get(uid) ?? this.#begin(uid, initialPodState(uid, this.#tools.host.ips));
    loop.send({ type: 'pod', pod });
    this.#tools.configuration.follow(pod, () => loop.send({ type: 'configuration-changed' }));
  }

  absent(uid: string): void {
    this.#finishedPods.delete(uid);
    this.#loops.get(uid)?.send({ type: 'absent' });
  }

  known(): readonly string[] {
    return [...this.#loops.keys()];
  }

  /** The pod's state, for those who look. */
  state(uid: string): PodState | undefined {
    return this.#loops.get(uid)?.state;
  }

  stream(machine: MachineName, request: StreamRequest, signal: AbortSignal): Promise<MachineStream> {
    const loop = this.#find(machine);
    const state = (): PodState => loop.state;
    return openPodStream({ tools: this.#tools, logs: this.#logs, state, request, signal });
  }

  order(machine: MachineName, order: MachineOrder): Promise<unknown> {
    this.#find(machine);
    return Promise.reject(new StatusFailure('MethodNotAllowed', `a pod knows no order ${order}`));
  }

  async readings(): Promise<readonly MachineReading[]> {
    const usage = await this.#tools.containers.usage();
    return [...this.#loops.values()].flatMap(({ uid, state }) => podReading(uid, state, usage) ?? []);
  }

  async release(): Promise<void> {
    this.#unsubscribe?.();
    for (const [uid, loop] of this.#loops) {
      loop.release();
      this.#tools.configuration.forget(uid);
    }
    await this.#tools.containers.release();
  }

  async stopAll(timeoutMs: number): Promise<void> {
    const { clock } = this.#tools.world;
    for (const loop of this.#loops.values()) loop.send({ type: 'shutdown', graceMs: timeoutMs });
    let isLate = false;
    const timer = clock.after(timeoutMs + SHUTDOWN_MARGIN_MS, () => {
      isLate = true;
      this.#wake();
    });
    await this.#allStopped(() => isLate);
    timer.cancel();
    if (isLate) throw new Failure('shutdown-incomplete', 'some pods could not be stopped in time');
    await this.#tools.containers.dismantle();
  }

  /** Resolves when nothing of any pod runs or is joined to the network, or when it is too late. */
  async #allStopped(isLate: () => boolean): Promise<void> {
    while (!isLate() && [...this.#loops.values()].some(({ state }) => !isStopped(state))) {
      await new Promise<void>((resolve) => this.#waiters.add(resolve));
    }
  }

  #begin(uid: string, state: PodState): PodLoop {
    let loop: PodLoop | undefined;
    const behaviour = new PodBehaviour(this.#tools, uid, () => loop?.state.pod);
    loop = new MachineLoop<PodState, PodInput, PodAction>({
      uid,
      world: this.#tools.world,
      records: this.#records,
      state,
      onFinished: () => this.#finished(uid),
      behaviour: {
        movedInTime: (before, byMs) => behaviour.movedInTime(before, byMs),
        record: (now) => behaviour.record(now),
        failed: (action, error) => behaviour.failed(action, error),
        perform: (action, signal) => behaviour.perform(action, signal),
        step: (before, heard, nowMs) => {
          const step = behaviour.step(before, this.#withEarlyExit(heard), nowMs);
          if (step.state.end) queueMicrotask(() => this.#wake());
          return step;
        },
      },
    });
    this.#loops.set(uid, loop);
    return loop;
  }

  #finished(uid: string): void {
    this.#loops.delete(uid);
    remember(this.#finishedPods, uid);
    this.#tools.configuration.forget(uid);
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiters) resolve();
    this.#waiters.clear();
  }

  /** At the very step by which its run is known: a moment before, its end would be heard and belong to nobody. */
  #withEarlyExit(input: PodInput | Tick): PodInput | Tick {
    if (input.type !== 'started') return input;
    return { ...input, run: { ...input.run, ended: this.#earlyExits.delete(input.run.id) } };
  }

  #noticeExit(id: string): void {
    for (const loop of this.#loops.values()) {
      if (Object.values(loop.state.containers).some((run) => run.id === id && run.phase === 'running')) {
        loop.send({ type: 'exit-noticed', id });
        return;
      }
    }
    remember(this.#earlyExits, id);
  }

  #find(machine: MachineName): PodLoop {
    const loop = this.#loops.get(machine.uid);
    if (loop?.state.pod) return loop;
    throw new StatusFailure('NotFound', `pod ${machine.namespace}/${machine.name} is not on this host`);
  }
}

const SHUTDOWN_MARGIN_MS = 15_000;
const MOST_REMEMBERED = 1_000;

/** Adds to a set whose oldest members are forgotten. */
function remember(set: Set<string>, value: string): void {
  set.add(value);
  const [oldest] = set;
  if (set.size > MOST_REMEMBERED && oldest !== undefined) set.delete(oldest);
}

function isStopped({ containers, network, volumes, end }: PodState): boolean {
  if (network.type === 'attached') return false;
  // Volumes go last: until then containers may still be on their way out of the engine.
  if (end && end.reason !== 'failed' && volumes.type !== 'removed') return false;
  return Object.values(containers).every(({ phase }) => phase !== 'running');
}
