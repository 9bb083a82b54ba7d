/** The voice: typed access to the API over any door, and caches kept by watching. */
export * from './client.ts';
