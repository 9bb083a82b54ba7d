/** Whether a value that somebody wrote has the form of a `T`. */
export type Form<T> = (value: unknown) => value is T;

export const isText: Form<string> = (value) => typeof value === 'string';

export const isNumber: Form<number> = (value): value is number => Number.isFinite(value);

/** Seconds since the epoch that a calendar of four digits knows. */
export const isInstant: Form<number> = (value): value is number =>
  isNumber(value) && value >= 0 && value < 253_402_300_800;

export function isWord<const T extends string>(...words: readonly T[]): Form<T> {
  return (value): value is T => (words as readonly unknown[]).includes(value);
}

export function either<A, B>(a: Form<A>, b: Form<B>): Form<A | B> {
  return (value): value is A | B => a(value) || b(value);
}

/** It may be absent. */
export function maybe<T>(form: Form<T>): Form<T | undefined> {
  return (value): value is T | undefined => value === undefined || form(value);
}

export function listOf<T>(item: Form<T>): Form<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(item);
}

export function pairOf<A, B>(a: Form<A>, b: Form<B>): Form<readonly [A, B]> {
  return (value): value is readonly [A, B] => Array.isArray(value) && value.length === 2 && a(value[0]) && b(value[1]);
}

export function mapOf<T>(item: Form<T>): Form<Readonly<Record<string, T>>> {
  return (value): value is Readonly<Record<string, T>> => isObject(value) && Object.values(value).every(item);
}

/** A form for each field. */
export type FieldsOf<T> = { readonly [Key in keyof T]-?: Form<T[Key]> };

/** All fields that are named; what else there is does no harm. */
export function fields<T extends object>(forms: FieldsOf<T>): Form<T> {
  const all = Object.entries<Form<unknown>>(forms);
  return (value): value is T => isObject(value) && all.every(([name, form]) => form(value[name]));
}

/** By the code under `key`: the fields that go with it. */
export function coded<Key extends string, T extends { readonly [K in Key]: string }>(
  key: Key,
  forms: { readonly [Code in T[Key]]: FieldsOf<Omit<Extract<T, { readonly [K in Key]: Code }>, Key>> },
): Form<T> {
  const all = new Map(Object.entries<FieldsOf<object>>(forms).map(([code, each]) => [code, fields(each)]));
  return (value): value is T => {
    const code = isObject(value) && value[key];
    return typeof code === 'string' && (all.get(code)?.(value) ?? false);
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
