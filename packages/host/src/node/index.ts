/** Drivers of Linux. */
export * from './network/index.ts';
