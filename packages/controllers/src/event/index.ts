/** Events tell what happened lately. They go when they have not been seen again for an hour. */
export * from './event-expiry.ts';
