import type { World } from '@godwit/base';
import type { KindDefinition, KubeObject } from '@godwit/kinds';
import type { Entry } from '@godwit/store';
import { Document } from './document.ts';
import type { Change } from './events.ts';
import type { Feed } from './feed.ts';
import { documentKey } from './keys.ts';
import { KindHub } from './kind-hub.ts';

/** An object that stands in another one. The same name stands for the same content for ever. */
export interface DerivedObject {
  readonly namespace?: string;
  readonly name: string;
  expand(): KubeObject;
}

/** A kind whose objects are not stored, but read out of the objects of others. */
export interface DerivedKind {
  readonly kind: KindDefinition;
  /** Where its objects stand. */
  readonly sources: readonly KindDefinition[];
  /** Pure. Cheap for objects in which nothing stands: it is asked at every change of a source. */
  read(object: KubeObject): readonly DerivedObject[];
}

export interface DerivedHubOptions {
  readonly world: World;
  readonly feed: Feed;
  readonly live: (kind: KindDefinition) => Promise<KindHub>;
  /** Lets others run in the middle of long work. */
  readonly breathe?: (() => Promise<void>) | undefined;
}

/** Objects that are looked at without letting others run. */
const SLICE = 500;

/**
 * The hub of a derived kind: listed, watched and selected like any other. It costs nothing until somebody
 * reads it, and then a name for each object, which is made anew whenever it is looked at.
 */
export function derivedHub(derived: DerivedKind, { world, feed, live, breathe }: DerivedHubOptions): KindHub {
  let following = false;
  const store = {
    async list() {
      const sources = await Promise.all(derived.sources.map(live));
      const { revision } = feed;
      const documents = sources.flatMap((source) => [...source.cache.values()]);
      if (!following) for (const source of sources) source.onChange((change) => tell(hub, derived, change));
      following = true;
      const entries: Entry[] = [];
      for (const [index, document] of documents.entries()) {
        if (index % SLICE === SLICE - 1) await breathe?.();
        entries.push(...entriesOf(derived, document).values());
      }
      return { entries: entries.sort((a, b) => (a.key < b.key ? -1 : 1)), revision, remaining: 0 };
    },
  };
  const hub = new KindHub(world, store, feed, derived.kind);
  return hub;
}

function entriesOf(derived: DerivedKind, document: Document | undefined): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  if (!document) return entries;
  for (const [index, { namespace, name }] of derived.read(document.object).entries()) {
    const key = documentKey(derived.kind, namespace, name);
    // Holds on to the document and not to the object in it, which is found or made again.
    const body = Document.derived(() => (derived.read(document.object)[index] as DerivedObject).expand());
    entries.set(key, { key, body, revision: document.revision });
  }
  return entries;
}

function tell(hub: KindHub, derived: DerivedKind, { before, after, revision }: Change): void {
  const old = entriesOf(derived, before);
  const now = entriesOf(derived, after);
  for (const key of old.keys()) if (!now.has(key)) hub.apply({ type: 'delete', key, revision });
  for (const [key, { body }] of now) if (!old.has(key)) hub.apply({ type: 'put', key, body, revision });
}
