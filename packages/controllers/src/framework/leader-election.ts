import { describeError, Failure, microTimestamp, type Timer, type World } from '@godwit/base';
import type { NamespacedName, Resource } from '@godwit/client';
import { isAlreadyExists, isConflict, type Lease, type Stored } from '@godwit/kinds';

export interface ElectionOptions {
  readonly leases: Resource<Lease>;
  readonly lease: NamespacedName;
  /**
   * Who stands for election: another process must never use the same identity at the same time. One that
   * comes back under its own identity leads again at once.
   */
  readonly identity: string;
  /** How long others leave a leader alone who does not renew. Defaults to 15 s. */
  readonly leaseMs?: number;
  /** How long a leader leads on without having renewed; less than `leaseMs`, or two might lead. Defaults to 10 s. */
  readonly renewWithinMs?: number;
  /** Between tries to take or renew the lease. Defaults to 2 s. */
  readonly retryMs?: number;
}

/**
 * One of several leads.
 *
 *   following ──lease free, run out, or ours──► leading ──renewed──► leading
 *       ▲                                          └─not renewed within `renewWithinMs`, or taken─┐
 *       └───────────────────────────────────────────────────────── work ended ◄──────────────────┘
 *
 * All waiting is measured on the own monotonic clock since the own last look: wall clocks of different
 * hosts are never compared. A renewal counts from the moment at which it was sent.
 */
export class LeaderElection {
  readonly #options: Required<ElectionOptions>;
  readonly #world: World;
  #heldUntilMs = Number.NEGATIVE_INFINITY;
  #holder: string | undefined;

  constructor(options: ElectionOptions, world: World) {
    this.#options = { leaseMs: 15_000, renewWithinMs: 10_000, retryMs: 2_000, ...options };
    if (this.#options.renewWithinMs >= this.#options.leaseMs)
      throw new RangeError('renewWithinMs must be less than leaseMs');
    this.#world = world;
  }

  /** Whether this one leads at this moment, by its own clock and without asking anybody. */
  get leading(): boolean {
    return this.#world.clock.monotonic() < this.#heldUntilMs;
  }

  /** Who holds the lease, as last seen. */
  get holder(): string | undefined {
    return this.#holder;
  }

  /**
   * Stands for election until `signal` is aborted, and runs `lead` for each term. The signal given to `lead`
   * is aborted at the term's end; the next term begins only after `lead` has come back.
   */
  async run(lead: (term: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const held = await this.#acquire(signal);
      if (!held) return;
      this.#world.log.info('leading', { lease: this.#options.lease.name });
      const term = new AbortController();
      const work = lead(term.signal).catch((error: unknown) => {
        this.#world.log.error('leading failed', { error: describeError(error) });
      });
      const last = await this.#hold(held, signal, work);
      term.abort();
      await work;
      await this.#release(last);
      this.#world.log.info('no longer leading', { lease: this.#options.lease.name });
      await this.#pause(signal);
    }
  }

  /** Waits until the lease can be taken, and takes it. Undefined when `signal` was aborted first. */
  async #acquire(signal: AbortSignal): Promise<Stored<Lease> | undefined> {
    let seen = '';
    let seenAtMs = 0;
    while (!signal.aborted) {
      const sentMs = this.#world.clock.monotonic();
      try {
        const current = await this.#answer(this.#options.leases.find(this.#options.lease));
        const version = current?.metadata.resourceVersion ?? '';
        if (version !== seen) {
          seen = version;
          seenAtMs = this.#world.clock.monotonic();
        }
        this.#holder = current?.spec?.holderIdentity;
        const validMs = (current?.spec?.leaseDurationSeconds ?? 0) * 1000;
        const expired = this.#world.clock.monotonic() - seenAtMs >= validMs;
        if (!this.#holder || this.#holder === this.#options.identity || expired) {
          const taken = await this.#answer(this.#take(current));
          this.#heldUntilMs = sentMs + this.#options.renewWithinMs;
          return taken;
        }
      } catch (error) {
        this.#expected(error);
      }
      await this.#pause(signal);
    }
    return undefined;
  }

  async #take(current: Stored<Lease> | undefined): Promise<Stored<Lease>> {
    const { identity, leases, lease } = this.#options;
    const now = microTimestamp(this.#world.clock);
    const sameHolder = current?.spec?.holderIdentity === identity;
    const spec = {
      ...current?.spec,
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(this.#options.leaseMs / 1000),
      acquireTime: sameHolder ? (current.spec?.acquireTime ?? now) : now,
      renewTime: now,
      leaseTransitions: (current?.spec?.leaseTransitions ?? 0) + (current && !sameHolder ? 1 : 0),
    };
    const taken = current
      ? await leases.update({ ...current, spec })
      : await leases.create({ metadata: { ...lease }, spec });
    this.#holder = identity;
    return taken;
  }

  /** Renews until that has failed for too long, `work` has ended or `signal` was aborted; answers the last lease. */
  async #hold(held: Stored<Lease>, signal: AbortSignal, work: Promise<void>): Promise<Stored<Lease>> {
    const ended = new AbortController();
    const end = () => ended.abort();
    signal.addEventListener('abort', end, { once: true });
    void work.then(end);
    if (signal.aborted) end();
    const lost = this.#whenLost(end);
    let last = held;
    while (!ended.signal.aborted) {
      await this.#pause(ended.signal);
      if (ended.signal.aborted) break;
      const sentMs = this.#world.clock.monotonic();
      const renewal = this.#renew(last).catch((error: unknown) => this.#expected(error));
      // An answer that comes after the end is not waited for, and changes nothing any more.
      const renewed = await unlessAborted(renewal, ended.signal);
      if (renewed === 'taken') end();
      else if (renewed) {
        last = renewed;
        this.#heldUntilMs = sentMs + this.#options.renewWithinMs;
      }
    }
    lost.cancel();
    signal.removeEventListener('abort', end);
    this.#heldUntilMs = Number.NEGATIVE_INFINITY;
    return last;
  }

  /** Calls `onLost` when `#heldUntilMs` has passed, however often that is put off. */
  #whenLost(onLost: () => void): Timer {
    let timer: Timer;
    const check = () => {
      const restMs = this.#heldUntilMs - this.#world.clock.monotonic();
      if (restMs <= 0) onLost();
      else timer = this.#world.clock.after(restMs, check);
    };
    check();
    return { cancel: () => timer?.cancel() };
  }

  async #renew(last: Stored<Lease>): Promise<Stored<Lease> | 'taken'> {
    try {
      return await this.#take(last);
    } catch (error) {
      if (!isConflict(error)) throw error;
      // Somebody wrote it: a person who looked at it too closely, or another leader.
      const current = await this.#options.leases.find(this.#options.lease);
      if (current?.spec?.holderIdentity !== this.#options.identity) return 'taken';
      return await this.#take(current);
    }
  }

  /** Gives the lease back, so that nobody has to wait for its end. */
  async #release(last: Stored<Lease>): Promise<void> {
    try {
      const spec = { ...last.spec, holderIdentity: '', leaseDurationSeconds: 1 };
      await this.#answer(this.#options.leases.update({ ...last, spec }));
    } catch (error) {
      this.#expected(error);
    }
  }

  #expected(error: unknown): undefined {
    if (isConflict(error) || isAlreadyExists(error)) return;
    this.#world.log.warn('the lease cannot be read or written', { error: describeError(error) });
  }

  /** An answer that does not come is a failure too: whoever waits for it for ever never stands again. */
  async #answer<T>(asked: Promise<T>): Promise<T> {
    const { renewWithinMs } = this.#options;
    // Should the answer come late after all, with an error, nobody is left to hear it.
    asked.catch(() => undefined);
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = this.#world.clock.after(renewWithinMs, () => {
      reject(new Failure('timeout', `no answer within ${renewWithinMs} ms`, { retryable: true }));
    });
    try {
      return await Promise.race([asked, late]);
    } finally {
      timer.cancel();
    }
  }

  async #pause(signal: AbortSignal): Promise<void> {
    const { retryMs } = this.#options;
    const jitterMs = this.#world.random.next() * retryMs * 0.2;
    await this.#world.clock.sleep(retryMs + jitterMs, signal).catch(() => undefined);
  }
}

/** What `promise` resolves with, or undefined as soon as `signal` is aborted. Leaves nothing behind on the signal. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return resolve(undefined);
    const onAbort = () => resolve(undefined);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.finally(() => signal.removeEventListener('abort', onAbort)).then(resolve, reject);
  });
}
