import { codeOf, describeError, type Log, type Timer, WorkQueue, type World } from '@godwit/base';
import { isConflict } from '@godwit/kinds';
import type { Outcome, Reconciler } from '../reconciler.ts';
import { type ControllerReport, type LastRun, ReportKeeper } from './controller-report.ts';

const RESCAN_MS = 300_000;
const WORKERS = 4;

/**
 * One reconciler at work.
 *
 *   idle ──run──► waiting for caches ──► running ──signal──► stopping ──workers back──► idle
 *
 * A name is worked on by one worker at a time. Every change of a wake's cache adds the names that the
 * object gave before and gives now; every name is added at the start and at each rescan.
 */
export class Controller {
  readonly reconciler: Reconciler;
  readonly #world: World;
  readonly #log: Log;
  readonly #keeper = new ReportKeeper();
  #state: ControllerReport['state'] = 'idle';
  #queue: WorkQueue | undefined;
  readonly #rescanMs: number;
  #working = 0;

  /** @param rescanMs how often every name is visited where the reconciler does not say; 5 minutes by default */
  constructor(reconciler: Reconciler, world: World, rescanMs = RESCAN_MS) {
    this.reconciler = reconciler;
    this.#world = world;
    this.#rescanMs = reconciler.rescanMs ?? rescanMs;
    this.#log = world.log.with({ controller: reconciler.name });
  }

  /**
   * Works until `signal` is aborted; resolves when the last worker has come back. `mayAct` is asked before
   * each name: a leader whose lease may have run out must not act although nobody has told it yet.
   */
  async run(signal: AbortSignal, mayAct: () => boolean = () => true): Promise<void> {
    if (this.#state !== 'idle') throw new Error(`${this.reconciler.name} is ${this.#state} already`);
    const queue = new WorkQueue(this.#world.clock);
    const stops: (() => void)[] = [];
    const stop = () => {
      this.#state = 'stopping';
      for (const one of stops) one();
      queue.close();
    };
    signal.addEventListener('abort', stop, { once: true });
    this.#queue = queue;
    this.#state = 'waiting for caches';
    stops.push(this.#listen(queue));
    const ready = await this.#cachesReady(signal);
    if (ready) {
      this.#state = 'running';
      stops.push(this.#rescan(queue));
      const workers = this.reconciler.workers ?? WORKERS;
      await Promise.all(Array.from({ length: workers }, () => this.#work(queue, signal, mayAct)));
    } else stop();
    this.#state = 'idle';
    this.#queue = undefined;
    this.#keeper.forgetNames();
  }

  report(): ControllerReport {
    const queueDepth = this.#queue?.depth ?? 0;
    return this.#keeper.report({ name: this.reconciler.name, state: this.#state, queueDepth, working: this.#working });
  }

  /** Has `name` looked at soon; for orders that are no change of an object. */
  wake(name: string): void {
    this.#queue?.add(name);
  }

  #listen(queue: WorkQueue): () => void {
    const stops = this.reconciler.wakes.map(({ cache, names }) =>
      cache.subscribe(({ before, after }) => {
        for (const object of [before, after]) {
          if (object) for (const name of names(object)) queue.add(name);
        }
      }),
    );
    return () => {
      for (const stop of stops) stop();
    };
  }

  async #cachesReady(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    const aborted = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([aborted, Promise.all(this.reconciler.wakes.map(({ cache }) => cache.ready))]);
    return !signal.aborted;
  }

  /** Adds every name now, and again each time that the rescan is due. */
  #rescan(queue: WorkQueue): () => void {
    let timer: Timer;
    const scan = () => {
      for (const { cache, names } of this.reconciler.wakes) {
        for (const object of cache.values()) for (const name of names(object)) queue.add(name);
      }
      timer = this.#world.clock.after(this.#rescanMs, scan);
    };
    scan();
    return () => timer.cancel();
  }

  async #work(queue: WorkQueue, signal: AbortSignal, mayAct: () => boolean): Promise<void> {
    for (let name = await queue.take(); name !== undefined; name = await queue.take()) {
      if (signal.aborted) return;
      if (mayAct()) {
        this.#working++;
        await this.#reconcile(name, queue, signal);
        this.#working--;
      } else queue.retry(name);
      queue.done(name);
    }
  }

  async #reconcile(name: string, queue: WorkQueue, signal: AbortSignal): Promise<void> {
    const { clock } = this.#world;
    const at = clock.now();
    const startedMs = clock.monotonic();
    const ended = (run: Pick<LastRun, 'outcome' | 'why'>, error?: { readonly code: string }) =>
      this.#keeper.ended({ ...run, name, at, durationMs: clock.monotonic() - startedMs }, error);
    try {
      const outcome = await this.reconciler.reconcile(name, signal);
      queue.forget(name);
      if (outcome.type === 'after') queue.addAfter(name, outcome.delayMs);
      ended({ outcome: outcome.type, why: whyOf(outcome) });
    } catch (error) {
      if (signal.aborted) return;
      const delayMs = queue.retry(name);
      // Losing a race is everyday life: the cache was older than the object. It is not news.
      const level = isConflict(error) ? 'debug' : 'warn';
      this.#log[level]('reconciling failed', { name, error: describeError(error), retryAfterMs: delayMs });
      ended({ outcome: 'failed', why: describeError(error) }, { code: codeOf(error) });
    }
  }
}

function whyOf(outcome: Outcome): string {
  if (outcome.type === 'done') return '';
  return outcome.type === 'blocked' ? `${outcome.why} (until ${outcome.on} changes)` : outcome.why;
}
