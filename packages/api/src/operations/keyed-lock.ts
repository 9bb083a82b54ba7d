/** One at a time for each name: keeps work that would only meet conflicts from being tried side by side. */
export class KeyedLock {
  readonly #tails = new Map<string, Promise<void>>();

  /** Resolves when it is the caller's turn, with what ends it. */
  async acquire(name: string): Promise<() => void> {
    const before = this.#tails.get(name);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#tails.set(name, promise);
    if (before) await before;
    return () => {
      if (this.#tails.get(name) === promise) this.#tails.delete(name);
      resolve();
    };
  }
}
