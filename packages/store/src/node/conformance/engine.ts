import type { VirtualClock } from '@godwit/base';
import type { Retention } from '../../replica/index.ts';
import type { Store } from '../../store.ts';

/** How the suite gets at an engine. */
export interface Engine {
  readonly name: string;
  /** An empty store; the suite closes it. */
  open(options: EngineOptions): Promise<Store>;
  /** The same data again after `close`; absent for engines that keep nothing. */
  reopen?(closed: Store, options: EngineOptions): Promise<Store>;
}

export interface EngineOptions {
  readonly clock: VirtualClock;
  readonly retention?: Retention;
}

/** Adds a test: `run` gets an empty store, which is closed after it. */
export type Check = (
  what: string,
  run: (store: Store, clock: VirtualClock) => Promise<void>,
  retention?: Retention,
) => Promise<void>;
