/** The ground that everything stands on: time, chance, identity, errors, queues, log. No I/O. */
export * from './byte-channel.ts';
export * from './clock.ts';
export * from './counted.ts';
export * from './errors.ts';
export * from './heap.ts';
export * from './ids.ts';
export * from './keyed-lock.ts';
export * from './log.ts';
export * from './random.ts';
export * from './subscription.ts';
export * from './together.ts';
export * from './token-bucket.ts';
export * from './virtual-clock.ts';
export * from './work-queue.ts';
export * from './world.ts';
