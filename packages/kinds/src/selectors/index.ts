/** Selectors: which objects are meant, by labels or by fields. Parsed once, matched often. */
export * from './field-selector.ts';
export * from './label-requirement.ts';
export * from './label-selector-text.ts';
