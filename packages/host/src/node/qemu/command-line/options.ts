/** A value of QEMU's `key=value,…` syntax; undefined leaves the key out. */
export type OptionValue = string | number | boolean | undefined;

/**
 * `driver,key=value,…` as QEMU reads it: commas inside values are doubled, truth is `on` and `off`, keys without a
 * value are left out.
 */
export function options(head: string, values: Readonly<Record<string, OptionValue>> = {}): string {
  const parts = Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${text(value)}`],
  );
  return [head, ...parts].filter((part) => part !== '').join(',');
}

function text(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return String(value).replaceAll(',', ',,');
}

/** `-device` with its properties. */
export function device(driver: string, properties: Readonly<Record<string, OptionValue>> = {}): string[] {
  return ['-device', options(driver, properties)];
}

/** A name from a spec as an id of QEMU: a letter first, then letters, digits, `-`, `.`, `_`. */
export function identifier(prefix: string, name: string): string {
  return `${prefix}-${name.replaceAll(/[^A-Za-z0-9._-]/g, '_')}`;
}
