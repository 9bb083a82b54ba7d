/** Pieces that many kinds are made of: references, label selectors, conditions, resource lists. */
export * from './condition.ts';
export * from './label-selector.ts';
export * from './node-taints.ts';
export * from './own-annotations.ts';
export * from './references.ts';
export * from './resource-list.ts';
