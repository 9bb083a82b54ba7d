/**
 * Which machines an affinity, anti-affinity or spread constraint means, and how many of them there are in each
 * place. Counted once, then kept up to date with every machine that comes or goes: asking costs nothing. For the first
 * count machines are found by their labels (`machines-by-label`).
 */
export * from './machine-term.ts';
export * from './place-counts.ts';
export * from './term-counts.ts';
