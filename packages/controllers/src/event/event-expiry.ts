import type { ApiClient, KindCache } from '@godwit/client';
import { type Event, type EventsEvent, event, eventsEvent, isConflict, isNotFound } from '@godwit/kinds';
import { wake } from '../framework/index.ts';
import { after, done, type Outcome, type Reconciler, type Wake } from '../reconciler.ts';
import { type AnyEvent, expiredEvents } from './expired-events.ts';

/** All events are swept together: one name, and at most one sweep in this time. */
const SWEEP = 'all events';
const SWEEP_PAUSE_MS = 30_000;

export class EventExpiry implements Reconciler {
  readonly name = 'event-expiry';
  readonly workers = 1;
  readonly wakes: readonly Wake[];
  readonly #client: ApiClient;
  readonly #core: KindCache<Event>;
  readonly #events: KindCache<EventsEvent>;
  /** Nothing can expire before this instant. */
  #quietUntilMs = 0;

  constructor(client: ApiClient) {
    this.#client = client;
    this.#core = client.cache(event);
    this.#events = client.cache(eventsEvent);
    this.wakes = [wake(this.#core, () => [SWEEP]), wake(this.#events, () => [SWEEP])];
  }

  async reconcile(): Promise<Outcome> {
    const nowMs = this.#client.world.clock.now();
    if (nowMs < this.#quietUntilMs) return after(this.#quietUntilMs - nowMs, 'no event is old enough yet');
    const { expired, nextMs } = expiredEvents([...this.#core.values(), ...this.#events.values()], nowMs);
    for (const item of expired) await this.#remove(item);
    if (nextMs === undefined) return done;
    this.#quietUntilMs = Math.max(nextMs, nowMs + SWEEP_PAUSE_MS);
    return after(this.#quietUntilMs - nowMs, 'no event is old enough yet');
  }

  async #remove(item: AnyEvent): Promise<void> {
    const options = { preconditions: { resourceVersion: item.metadata.resourceVersion } };
    try {
      if ('involvedObject' in item) await this.#client.resource(event).delete(item.metadata, options);
      else await this.#client.resource(eventsEvent).delete(item.metadata, options);
    } catch (error) {
      // Seen again meanwhile, or gone already: both are fine.
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  }
}
