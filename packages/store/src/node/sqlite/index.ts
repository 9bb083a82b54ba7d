/**
 * The embedded engine: one SQLite file, written by a worker thread so that the event loop never waits
 * for a disk.
 *
 *   log-file       the file: its schema, how it is opened, read and written; engine errors by code
 *   commit-worker  the thread: takes whatever has arrived, commits it as one transaction, answers
 *   committer      the thread as the store sees it: posts batches, learns how far they are durable
 *   sqlite-store   the store: decides conflicts, numbers batches, publishes what is durable
 */
export * from './sqlite-store.ts';
