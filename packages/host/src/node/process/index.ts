/** Other programs: run to their end, with what they said when they failed. */
export * from './run.ts';
