/** The voice: typed access to the API over any door, and caches kept by watching. */
export * from './api-client.ts';
export * from './client.ts';
export * from './event-recorder.ts';
export type { FollowOptions } from './follow.ts';
export * from './kind-cache.ts';
export type { IndexFunction } from './object-set.ts';
export * from './resource.ts';
export { sameJson } from './same-json.ts';
