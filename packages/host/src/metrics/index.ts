/**
 * What this host, its machines and its load balancers use: counters are read every second, made rates, and kept for
 * a while in memory of fixed size.
 *
 * - `reading.ts` what is read: counters and levels as the kernel has them
 * - `series.ts` values over time: seconds for minutes, minutes for hours, hours for days
 * - `history.ts` all series, bounded
 * - `sampler.ts` the clockwork
 * - `host-usage.ts` the history → what the API asks for
 */
export * from './history.ts';
export * from './reading.ts';
export * from './sampler.ts';
export * from './series.ts';
