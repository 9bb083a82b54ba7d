/**
 * The log as it stands in memory. Every engine keeps its durable log in its own way, and one `Replica`
 * beside it, from which all reads and watches are answered: a batch is published here once it is durable.
 *
 *   sorted-keys   keys in order, in blocks
 *   history       versions of every key, and the batches since the last compaction
 *   watcher       one reader: replays from the history, then lives; falls back to replay when slow
 *   watchers      who must be told about a key
 *   replica       all of it together, with bookmarks and the compaction policy
 */
export * from './replica.ts';
