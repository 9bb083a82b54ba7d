import type { KindDefinition } from './define-kind.ts';
import type { KubeObject } from './object-meta.ts';

/** Everything of an object but its type and its metadata. */
export type BodyOf<T extends KubeObject> = Omit<T, keyof KubeObject>;

/**
 * A kind that is not stored for itself: its objects are those of another kind, written in another way. Either way
 * in reads, watches, changes and deletes the same objects, with the same versions.
 */
export interface Form {
  /** The kind as which they are stored. */
  readonly of: KindDefinition;
  readonly conversion: Conversion<KubeObject, KubeObject>;
}

/** How objects `T` of a form are made of the stored `S`, and the other way. Both are pure. */
export interface Conversion<T extends KubeObject, S extends KubeObject> {
  /** As much as this form can say. */
  readonly read: (stored: BodyOf<S>) => BodyOf<T>;
  /** What is to be stored. `before` is what is stored, which may say more than this form can: that stays. */
  readonly write: (body: BodyOf<T>, before?: BodyOf<S>) => BodyOf<S>;
}

/** Says that a kind (of objects `T`) is another form of `kind` (of objects `S`). */
export function formOf<T extends KubeObject, S extends KubeObject>(
  kind: KindDefinition<S>,
  conversion: Conversion<T, S>,
): Form {
  return { of: kind as unknown as KindDefinition, conversion: conversion as unknown as Form['conversion'] };
}
