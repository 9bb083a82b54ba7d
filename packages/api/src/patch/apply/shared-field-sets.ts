import type { FieldSet } from './field-set.ts';

/** Sets that are remembered. Machines by the thousand have the same few; who writes others all the time begins anew. */
const LIMIT = 8192;

/** By their steps and the numbers of what is below them. */
const remembered = new Map<string, FieldSet>();
/** Sets that are, or were, remembered: they need not be looked for again. */
const numbers = new WeakMap<FieldSet, number>();
let nextNumber = 0;

/**
 * The same set, made of parts that all have who have these fields: objects of a kind are managed alike, and the trees
 * that say so were a third of what an object took.
 */
export function sharedFieldSet(set: FieldSet): FieldSet {
  if (numbers.has(set)) return set;
  const steps: Record<string, FieldSet> = {};
  let key = '';
  for (const step in set) {
    const below = sharedFieldSet(set[step] as FieldSet);
    steps[step] = below;
    key += `${step.length}:${step}${numbers.get(below)};`;
  }
  const known = remembered.get(key);
  if (known) return known;
  if (remembered.size >= LIMIT) remembered.clear();
  remembered.set(key, steps);
  numbers.set(steps, nextNumber++);
  return steps;
}
