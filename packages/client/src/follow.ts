import { describeError, type World } from '@godwit/base';
import { failureOfStatus, isReason, type KubeObject, type Stored, type WatchEvent } from '@godwit/kinds';
import type { Resource } from './client.ts';

/** Who is told what a list and the watch after it say. */
export interface Follower<T extends KubeObject> {
  /** All that there is, as of `version`. */
  listed(objects: readonly Stored<T>[], version: string): void;
  put(object: Stored<T>): void;
  removed(object: Stored<T>): void;
  /** All changes up to `version` have been told. */
  advanced(version: string): void;
}

export interface FollowOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

const PAGE = 1000;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 10_000;

/**
 * Lists, then watches, until `signal` is aborted.
 *
 *   listing ──► watching ──server closes, or is away──► waiting ──► watching, from where it was
 *      ▲            └──────version has expired────────► waiting ──┐
 *      └──────────────────────────────────────────────────────────┘
 *
 * Waits double up to ten seconds while nothing comes, with chance in them so that many do not come
 * back at once, and begin anew with the first event.
 */
export async function follow<T extends KubeObject>(
  resource: Resource<T>,
  options: FollowOptions,
  follower: Follower<T>,
  world: World,
  signal: AbortSignal,
): Promise<void> {
  let version: string | undefined;
  let failures = 0;
  const progress = (reached: string) => {
    version = reached;
    failures = 0;
  };
  while (!signal.aborted) {
    try {
      if (version === undefined) {
        const listing = await listAll(resource, options);
        follower.listed(listing.objects, listing.version);
        progress(listing.version);
      }
      await watch(resource, { ...options, resourceVersion: version ?? '' }, follower, progress, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (isReason(error, 'Expired', 'Gone')) version = undefined;
      const level = isReason(error, 'Forbidden') ? 'warn' : 'debug';
      world.log[level]('watch interrupted', { plural: resource.kind.plural, error: describeError(error) });
    }
    const longestMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures++);
    // Rejects when the signal is aborted, which the loop sees for itself.
    await world.clock.sleep(longestMs * (0.5 + world.random.next() / 2), signal).catch(() => undefined);
  }
}

async function listAll<T extends KubeObject>(
  resource: Resource<T>,
  options: FollowOptions,
): Promise<{ objects: readonly Stored<T>[]; version: string }> {
  let page = await resource.list({ ...options, limit: PAGE });
  if (!page.continue) return { objects: page.items, version: page.resourceVersion };
  const objects = [...page.items];
  const version = page.resourceVersion;
  while (page.continue) {
    page = await resource.list({ ...options, limit: PAGE, continue: page.continue });
    for (const item of page.items) objects.push(item);
  }
  return { objects, version };
}

async function watch<T extends KubeObject>(
  resource: Resource<T>,
  options: FollowOptions & { readonly resourceVersion: string },
  follower: Follower<T>,
  progress: (version: string) => void,
  signal: AbortSignal,
): Promise<void> {
  for await (const event of resource.watch({ ...options, allowWatchBookmarks: true }, signal)) {
    const version = tell(event, follower);
    if (version === undefined) continue;
    progress(version);
    follower.advanced(version);
  }
}

/** Tells one event; answers the version that it brings. */
function tell<T extends KubeObject>(event: WatchEvent<T>, follower: Follower<T>): string | undefined {
  switch (event.type) {
    case 'ERROR':
      throw failureOfStatus(event.object);
    case 'BOOKMARK':
      break;
    case 'DELETED':
      follower.removed(event.object);
      break;
    default:
      follower.put(event.object);
  }
  return event.object.metadata.resourceVersion;
}
