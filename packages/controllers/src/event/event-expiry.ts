import type { ApiClient, KindCache } from '@godwit/client';
import { type Event, event, isConflict, isNotFound, type Stored } from '@godwit/kinds';
import { wake } from '../framework/index.ts';
import { after, done, type Outcome, type Reconciler, type Wake } from '../reconciler.ts';
import { expiredEvents } from './expired-events.ts';

/** All events are swept together: one name, and at most one sweep in this time. */
const SWEEP = 'all events';
const SWEEP_PAUSE_MS = 30_000;

export class EventExpiry implements Reconciler {
  readonly name = 'event-expiry';
  readonly workers = 1;
  readonly wakes: readonly Wake[];
  readonly #client: ApiClient;
  readonly #events: KindCache<Event>;
  /** Nothing can expire before this instant. */
  #quietUntilMs = 0;

  constructor(client: ApiClient) {
    this.#client = client;
    this.#events = client.cache(event);
    this.wakes = [wake(this.#events, () => [SWEEP])];
  }

  async reconcile(): Promise<Outcome> {
    const nowMs = this.#client.world.clock.now();
    if (nowMs < this.#quietUntilMs) return after(this.#quietUntilMs - nowMs, 'no event is old enough yet');
    const { expired, nextMs } = expiredEvents(this.#events.values(), nowMs);
    for (const item of expired) await this.#remove(item);
    if (nextMs === undefined) return done;
    this.#quietUntilMs = Math.max(nextMs, nowMs + SWEEP_PAUSE_MS);
    return after(this.#quietUntilMs - nowMs, 'no event is old enough yet');
  }

  async #remove({ metadata }: Stored<Event>): Promise<void> {
    const options = { preconditions: { resourceVersion: metadata.resourceVersion } };
    try {
      await this.#client.resource(event).delete(metadata, options);
    } catch (error) {
      // Seen again meanwhile, or gone already: both are fine.
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  }
}
