/** What `kubectl get` prints beside name and age, which every kind has: pieces that several kinds share. */
export * from './column.ts';
export * from './duration.ts';
