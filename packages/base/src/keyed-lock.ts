/** One at a time for each name: keeps work that would only meet conflicts from being tried side by side. */
export class KeyedLock {
  readonly #tails = new Map<string, Promise<void>>();

  /**
   * Resolves when it is the caller's turn, with what ends it. A signal gives up waiting: it rejects with the signal's
   * reason, and those behind move up.
   */
  async acquire(name: string, signal?: AbortSignal): Promise<() => void> {
    const before = this.#tails.get(name);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#tails.set(name, promise);
    const release = () => {
      if (this.#tails.get(name) === promise) this.#tails.delete(name);
      resolve();
    };
    if (before) {
      try {
        await (signal ? orAborted(before, signal) : before);
      } catch (error) {
        void before.then(release);
        throw error;
      }
    }
    return release;
  }

  /** Does `work` in the caller's turn, and ends that however it ends. */
  async inTurn<T>(name: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const release = await this.acquire(name, signal);
    try {
      return await work();
    } finally {
      release();
    }
  }
}

function orAborted(turn: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const giveUp = () => reject(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    void turn.then(() => {
      signal.removeEventListener('abort', giveUp);
      resolve();
    });
  });
}
