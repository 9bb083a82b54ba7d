/** The memory: a revision log with list and watch. It knows no kinds. */
export * from './store.ts';
