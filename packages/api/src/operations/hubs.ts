import type { World } from '@godwit/base';
import type { KindDefinition } from '@godwit/kinds';
import type { Store } from '@godwit/store';
import type { Feed } from '../documents/feed.ts';
import { freezeJson } from '../documents/json.ts';
import { kindPrefix } from '../documents/keys.ts';
import { KindHub } from '../documents/kind-hub.ts';

/** One hub for each kind that somebody has asked about. */
export class Hubs {
  readonly #hubs = new Map<string, KindHub>();
  readonly #world: World;
  readonly #store: Store;
  readonly #feed: Feed;

  readonly #freeze: boolean;

  constructor(world: World, store: Store, feed: Feed, freeze: boolean) {
    this.#freeze = freeze;
    this.#world = world;
    this.#store = store;
    this.#feed = feed;
  }

  /** The hub, filled or not. */
  of(kind: KindDefinition): KindHub {
    const prefix = kindPrefix(kind);
    let hub = this.#hubs.get(prefix);
    if (!hub) {
      hub = new KindHub(this.#world, this.#store, this.#feed, kind);
      if (this.#freeze) hub.onChange(({ after }) => freezeJson(after?.object));
      this.#hubs.set(prefix, hub);
    }
    return hub;
  }

  /** The hub with its cache filled. */
  async live(kind: KindDefinition): Promise<KindHub> {
    const hub = this.of(kind);
    if (!hub.live) await hub.load();
    return hub;
  }

  close(): void {
    for (const hub of this.#hubs.values()) hub.close();
  }
}
