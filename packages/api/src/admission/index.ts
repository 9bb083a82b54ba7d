import type { KindHub } from '../documents/kind-hub.ts';
import type { Engine } from '../operations/engine.ts';
import type { Admitter } from './admitter.ts';

/** Finds the filled cache of a kind, where the kind is served. */
export type LiveHub = (group: string, version: string, plural: string) => Promise<KindHub | undefined>;

/**
 * The gates that every write passes, in this order: first whether it may be at all, then what it gets that
 * it did not say, then whether the result is within bounds, then what is set aside for it.
 */
export async function builtInAdmitters(_engine: Engine, _live: LiveHub): Promise<readonly Admitter[]> {
  return [];
}
