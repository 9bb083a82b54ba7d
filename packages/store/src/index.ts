/** The memory: a revision log with list and watch. It knows no kinds. */
export * from './memory-store.ts';
export { History } from './replica/history.ts';
export { defaultRetention, type Retention } from './replica/index.ts';
export * from './store.ts';
