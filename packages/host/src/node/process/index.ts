/** Other programs, kept apart from this one. */
export * from './own-group.ts';
export * from './processor-time.ts';
