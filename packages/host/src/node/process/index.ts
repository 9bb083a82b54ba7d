/** Other programs: run to their end, with what they said when they failed; and kept apart from this one. */
export * from './own-group.ts';
export * from './processor-time.ts';
export * from './run.ts';
