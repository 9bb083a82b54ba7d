/** How this host's own counters are read. */
export * from './host-reader.ts';
export * from './kernel-file.ts';
