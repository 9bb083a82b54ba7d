import type { World } from '@godwit/base';
import type { KindDefinition } from '@godwit/kinds';
import type { Store } from '@godwit/store';
import { type DerivedKind, derivedHub } from '../documents/derived-hub.ts';
import type { Feed } from '../documents/feed.ts';
import { freezeJson } from '../documents/json.ts';
import { KindHub } from '../documents/kind-hub.ts';

export interface HubsOptions {
  /** Freezes every object, so that whoever changes a shared one is found. */
  readonly freeze?: boolean | undefined;
  readonly derived?: readonly DerivedKind[] | undefined;
  readonly breathe?: (() => Promise<void>) | undefined;
}

/** One hub for each kind that somebody has asked about. */
export class Hubs {
  readonly #hubs = new Map<KindDefinition, KindHub>();
  readonly #world: World;
  readonly #store: Store;
  readonly #feed: Feed;
  readonly #options: HubsOptions;

  constructor(world: World, store: Store, feed: Feed, options: HubsOptions) {
    this.#options = options;
    this.#world = world;
    this.#store = store;
    this.#feed = feed;
  }

  /** The hub, filled or not. */
  of(kind: KindDefinition): KindHub {
    let hub = this.#hubs.get(kind);
    if (!hub) {
      hub = this.#make(kind);
      if (this.#options.freeze) hub.onChange(({ after }) => freezeJson(after?.object));
      this.#hubs.set(kind, hub);
    }
    return hub;
  }

  #make(kind: KindDefinition): KindHub {
    const derived = this.derived(kind);
    if (!derived) return new KindHub(this.#world, this.#store, this.#feed, kind);
    const { breathe } = this.#options;
    return derivedHub(derived, { world: this.#world, feed: this.#feed, live: (source) => this.live(source), breathe });
  }

  /** How objects of the kind are found, when they are not stored. */
  derived(kind: KindDefinition): DerivedKind | undefined {
    return this.#options.derived?.find((one) => one.kind === kind);
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
