/**
 * The engine for several servers: one PostgreSQL database that all of them write to.
 *
 *   connection     one connection, made anew after it broke; engine errors by SQLSTATE
 *   statements     the tables, and all SQL there is
 *   transaction    one group of batches, numbered and written under the lock of the head row
 *   catch-up       rows that are newer than the image in memory, into it
 *   postgres-store the store: groups what arrives, reads linearizably, follows what other servers write
 *
 * The revision is taken from the head row, which stays locked until the commit: so the order of commits is
 * the order of revisions, and a reader who sees one sees all before it. NOTIFY only wakes; what is true is
 * what `WHERE revision > last` answers.
 */
export * from './postgres-store.ts';
