import type { Timer, World } from '@godwit/base';
import type { KindDefinition, KubeObject } from '@godwit/kinds';
import type { Store } from '@godwit/store';
import type { Document } from './document.ts';
import { DocumentCache } from './document-cache.ts';
import { bookmark, Change } from './events.ts';
import type { Feed, FeedSink, WriteEvent } from './feed.ts';
import { fieldReader } from './field-reader.ts';
import { documentOf } from './form.ts';
import { kindPrefix, namespaceOfKey } from './keys.ts';
import type { SelectionTest } from './selection.ts';
import { Watcher } from './watcher.ts';
import { WatcherIndex, type WatcherPlace } from './watcher-index.ts';

/** Changes that are kept for watchers who come back; who comes later reads the store's own log. */
const HISTORY = 256;
const BOOKMARK_EVERY_MS = 60_000;

export interface HubWatch {
  readonly namespace: string | undefined;
  readonly selection: SelectionTest;
  readonly bookmarks: boolean;
  /** Deliver what came after this revision; undefined: current documents first. */
  readonly since: number | undefined;
  /** Close the current documents with a marked bookmark. */
  readonly markInitialEnd: boolean;
}

/** All of one kind that this process knows: its current documents, its last changes and its watchers. */
export class KindHub implements FeedSink {
  readonly kind: KindDefinition;
  readonly prefix: string;
  readonly cache = new DocumentCache();
  readonly #world: World;
  readonly #store: Pick<Store, 'list'>;
  readonly #feed: Feed;
  readonly #watchers = new WatcherIndex();
  readonly #onChange = new Set<(change: Change) => void>();
  #history: Change[] = [];
  /** All changes after this revision are in `#history`. */
  #historySince = 0;
  /** The cache shows at least this revision; earlier events are known. */
  #loadedRevision = 0;
  #lastChange = 0;
  #early: WriteEvent[] | undefined;
  #loading: Promise<void> | undefined;
  #live = false;
  #bookmarks: Timer | undefined;

  /** @param store lists what there is when the hub begins */
  constructor(world: World, store: Pick<Store, 'list'>, feed: Feed, kind: KindDefinition) {
    this.#world = world;
    this.#store = store;
    this.#feed = feed;
    this.kind = kind;
    this.prefix = kindPrefix(kind);
  }

  /** True once the cache is filled: from then on it follows the feed. */
  get live(): boolean {
    return this.#live;
  }

  /** Nothing of this kind has changed after this revision, as far as the feed has come. */
  get lastChange(): number {
    return this.#lastChange;
  }

  /** Fills the cache on the first call. */
  load(): Promise<void> {
    this.#loading ??= this.#load().catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  async #load(): Promise<void> {
    this.#early = [];
    this.#feed.attach(this.prefix, this);
    const { entries, revision } = await this.#store.list(this.prefix);
    this.cache.fill(entries.map((entry) => [entry.key, documentOf(this.kind, entry)]));
    this.#begin(revision);
    this.#live = true;
  }

  /** Lists again and turns what differs into changes, after the feed has missed events. */
  async reload(): Promise<void> {
    if (!this.#live) return;
    this.#early = [];
    const { entries, revision } = await this.#store.list(this.prefix);
    const gone = new Set(this.cache.keys());
    const changes: Change[] = [];
    for (const entry of entries) {
      gone.delete(entry.key);
      if (this.cache.get(entry.key)?.revision === entry.revision) continue;
      const document = documentOf(this.kind, entry);
      changes.push(new Change(entry.key, entry.revision, this.cache.set(entry.key, document), document));
    }
    for (const key of gone) changes.push(new Change(key, revision, this.cache.set(key, undefined), undefined));
    this.#history = [];
    for (const change of changes) this.#tell(change);
    this.#begin(revision);
  }

  #begin(revision: number): void {
    this.#loadedRevision = revision;
    this.#historySince = revision;
    this.#lastChange = revision;
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const event of early) this.apply(event);
  }

  apply(event: WriteEvent): void {
    if (this.#early) {
      this.#early.push(event);
      return;
    }
    if (event.revision <= this.#loadedRevision) return;
    const after = event.type === 'put' ? documentOf(this.kind, event) : undefined;
    const before = this.cache.set(event.key, after);
    this.#lastChange = event.revision;
    if (!before && !after) return;
    const change = new Change(event.key, event.revision, before, after);
    this.#history.push(change);
    if (this.#history.length >= 2 * HISTORY) {
      this.#historySince = (this.#history[HISTORY - 1] as Change).revision;
      this.#history = this.#history.slice(HISTORY);
    }
    this.#tell(change);
  }

  #tell(change: Change): void {
    for (const listener of this.#onChange) listener(change);
    if (this.#watchers.size > 0) this.#watchers.show(change, namespaceOfKey(change.key, this.prefix.length));
  }

  /** Calls `listener` with every change, at once; for what this process derives from documents. */
  onChange(listener: (change: Change) => void): void {
    this.#onChange.add(listener);
  }

  /** A watch, or undefined when changes since then are no longer known here. The hub must be live. */
  watch(options: HubWatch): Watcher | undefined {
    const { since, selection } = options;
    if (since !== undefined && since < this.#historySince) return undefined;
    const watcher = new Watcher({
      kind: this.kind,
      matches: this.#predicate(options),
      bookmarks: options.bookmarks,
      since: since ?? this.#feed.revision,
      onEnd: (ended) => this.#watchers.remove(ended),
      ...(since === undefined && { initial: this.select(options.namespace, selection) }),
    });
    if (since === undefined && options.markInitialEnd) watcher.push(bookmark(this.kind, this.#feed.revision, true));
    if (since !== undefined) for (const change of this.#history) watcher.see(change);
    const place = placeOf(options);
    this.#watchers.add(watcher, place, place.type === 'field' ? fieldReader(this.kind, place.field) : () => '');
    if (options.bookmarks) this.#scheduleBookmarks();
    return watcher;
  }

  /** What a watcher asks of each object: its selection and, unless its place says so already, its namespace. */
  #predicate({ namespace, selection }: HubWatch): ((object: KubeObject) => boolean) | undefined {
    if (namespace === undefined) return selection.matches;
    const { matches } = selection;
    return (object) => object.metadata.namespace === namespace && (matches === undefined || matches(object));
  }

  /** Current documents of a namespace (undefined: all) that match, in order. */
  select(namespace: string | undefined, selection: SelectionTest, after = ''): Document[] {
    const candidates = this.candidates(namespace, selection, after);
    const { matches } = selection;
    return matches ? candidates.filter((document) => matches(document.object)) : candidates;
  }

  /** A snapshot that holds all that can match, narrowed by what is indexed, in order. */
  candidates(namespace: string | undefined, selection: SelectionTest, after = ''): Document[] {
    const prefix = namespace === undefined ? this.prefix : `${this.prefix}${namespace}/`;
    const name = selection.equalities.get('metadata.name');
    if (name !== undefined && (namespace !== undefined || !this.kind.namespaced)) {
      const key = `${this.prefix}${namespace ?? ''}/${name}`;
      const document = key > after ? this.cache.get(key) : undefined;
      return document ? [document] : [];
    }
    for (const [field, value] of selection.equalities) {
      if (field.startsWith('metadata.')) continue;
      const found = [...this.cache.by(field, value, fieldReader(this.kind, field))];
      const wanted = found.filter(([key]) => key.startsWith(prefix) && key > after);
      return wanted.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, document]) => document);
    }
    return this.cache.range(prefix, after);
  }

  #scheduleBookmarks(): void {
    this.#bookmarks ??= this.#world.clock.after(BOOKMARK_EVERY_MS, () => {
      this.#bookmarks = undefined;
      const watchers = this.#watchers.all().filter((watcher) => watcher.bookmarks);
      if (watchers.length === 0) return;
      const event = bookmark(this.kind, this.#feed.revision);
      for (const watcher of watchers) watcher.push(event);
      this.#scheduleBookmarks();
    });
  }

  close(): void {
    this.#bookmarks?.cancel();
    for (const watcher of this.#watchers.all()) watcher.end();
  }
}

function placeOf({ namespace, selection }: HubWatch): WatcherPlace {
  for (const [field, value] of selection.equalities) {
    if (field !== 'metadata.namespace') return { type: 'field', field, value };
  }
  const only = namespace ?? selection.equalities.get('metadata.namespace');
  return only === undefined ? { type: 'all' } : { type: 'namespace', namespace: only };
}
