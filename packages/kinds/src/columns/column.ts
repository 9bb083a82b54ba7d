import type { Column } from '../machinery/index.ts';

/** A column of text. */
export function textColumn<T>(name: string, description: string, value: (object: T, now: number) => string): Column<T> {
  return { name, type: 'string', description, value };
}

export function countColumn<T>(name: string, description: string, value: (object: T) => number): Column<T> {
  return { name, type: 'integer', description, value };
}

/** The same column, shown only with `-o wide`. */
export function wide<T>(column: Column<T>): Column<T> {
  return { ...column, priority: 1 };
}

/** What tables show where there is nothing. */
export const NONE = '<none>';

/** Words joined by commas, or `<none>`. */
export function joined(words: readonly string[] | undefined): string {
  return words && words.length > 0 ? words.join(',') : NONE;
}

const ACCESS_MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

/** Access modes in short: `RWO,ROX`. */
export function shortAccessModes(modes: readonly string[] | undefined): string {
  return (modes ?? []).map((mode) => ACCESS_MODES[mode] ?? mode).join(',');
}
