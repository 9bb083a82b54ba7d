/** Rules that a schema cannot say, and how they are reported: names, labels, causes with field paths. */
export * from './addresses.ts';
export * from './annotations.ts';
export * from './faults.ts';
export * from './label-selector.ts';
export * from './labels.ts';
export * from './names.ts';
