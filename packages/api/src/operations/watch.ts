import type { Address, KindDefinition, WatchOptions } from '@godwit/kinds';
import { bookmark, Change } from '../documents/events.ts';
import { documentOf } from '../documents/form.ts';
import { kindPrefix, namespacePrefix } from '../documents/keys.ts';
import type { HubWatch } from '../documents/kind-hub.ts';
import { readSelection } from '../documents/selection.ts';
import { Watcher } from '../documents/watcher.ts';
import { type Engine, expired, storeFailure } from './engine.ts';
import type { Caller, DocumentWatch } from './operations.ts';
import { readRevision, tooLarge } from './read.ts';

export async function watchDocuments(
  engine: Engine,
  caller: Caller,
  address: Address,
  options: WatchOptions,
  signal: AbortSignal,
): Promise<DocumentWatch> {
  const kind = engine.kindFor(address, 'watch');
  const selection = readSelection(kind, options);
  engine.authorizeAddress(caller, 'watch', address, selection.equalities);
  const since = readRevision(options.resourceVersion || '0');
  const initial = options.sendInitialEvents ?? since === 0;
  const hub = await engine.hubs.live(kind);
  if (initial || since > engine.feed.revision) await engine.current();
  if (since > engine.feed.revision) throw tooLarge(since, engine.feed.revision);
  const bookmarks = options.allowWatchBookmarks ?? false;
  const request: HubWatch = {
    namespace: address.namespace ?? selection.equalities.get('metadata.namespace'),
    selection,
    bookmarks,
    since: initial ? undefined : since === 0 ? engine.feed.revision : since,
    markInitialEnd: options.sendInitialEvents === true,
  };
  const known = hub.watch(request);
  if (!known && engine.hubs.derived(kind)) throw expired();
  const watcher = known ?? watchStore(engine, kind, request, since, signal);
  endWith(engine, watcher, options.timeoutSeconds, bookmarks, signal);
  return watcher;
}

/** Ends a watch when its reader leaves or its time is over, then with a last bookmark. */
function endWith(
  engine: Engine,
  watcher: Watcher,
  timeoutSeconds: number | undefined,
  bookmarks: boolean,
  signal: AbortSignal,
): void {
  const onAbort = () => watcher.end();
  if (signal.aborted) return onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = timeoutSeconds
    ? engine.world.clock.after(timeoutSeconds * 1000, () => {
        if (bookmarks) watcher.push(bookmark(watcher.kind, engine.feed.revision));
        watcher.end();
      })
    : undefined;
  watcher.whenEnded(() => {
    timer?.cancel();
    signal.removeEventListener('abort', onAbort);
  });
}

/**
 * A watch from before this process's own memory of changes: fed by the store's log for as long as it lasts.
 * Clients that come back after a restart land here; everybody else shares the hub.
 */
function watchStore(
  engine: Engine,
  kind: KindDefinition,
  { namespace, selection, bookmarks }: HubWatch,
  since: number,
  signal: AbortSignal,
): Watcher {
  const stop = new AbortController();
  const watcher = new Watcher({
    kind,
    matches: selection.matches,
    bookmarks,
    since,
    onEnd: () => stop.abort(),
  });
  const prefix = namespace === undefined ? kindPrefix(kind) : namespacePrefix(kind, namespace);
  const pump = async () => {
    try {
      for await (const event of engine.store.watch(prefix, since, AbortSignal.any([stop.signal, signal]))) {
        if (event.type === 'bookmark') {
          if (bookmarks) watcher.push(bookmark(kind, event.revision));
          continue;
        }
        const before = event.before && documentOf(kind, event.before);
        const after = event.type === 'put' ? documentOf(kind, event) : undefined;
        watcher.see(new Change(event.key, event.revision, before, after));
      }
      watcher.end();
    } catch (error) {
      watcher.end(storeFailure(error));
    }
  };
  void pump();
  return watcher;
}
