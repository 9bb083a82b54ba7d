/** The words that users and parts share: one file a kind, everything else derived from it. No I/O. */
export * from './machinery/index.ts';
