import type { Cause, CauseReason } from '../machinery/status.ts';

/** Appends to a field path: a name after a dot, a list index or map key in brackets. */
export function at(path: string, ...steps: readonly (string | number)[]): string {
  let result = path;
  for (const step of steps) {
    if (typeof step === 'number') result += `[${step}]`;
    else result += result === '' ? step : `.${step}`;
  }
  return result;
}

/** The path of one entry of a map: `metadata.labels[app]` reads better than with dots in keys. */
export function atKey(path: string, key: string): string {
  return `${path}[${key}]`;
}

function quote(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : (JSON.stringify(value) ?? String(value));
}

/** Collects what is wrong with an object, in the words in which Kubernetes clients expect it. */
export class Faults {
  readonly #causes: Cause[] = [];

  get causes(): readonly Cause[] {
    return this.#causes;
  }

  add(reason: CauseReason, field: string, message: string): void {
    this.#causes.push({ reason, field, message });
  }

  required(field: string, detail?: string): void {
    this.add('FieldValueRequired', field, detail ? `Required value: ${detail}` : 'Required value');
  }

  invalid(field: string, value: unknown, detail: string): void {
    this.add('FieldValueInvalid', field, `Invalid value: ${quote(value)}: ${detail}`);
  }

  notSupported(field: string, value: unknown, supported: readonly string[]): void {
    const list = supported.map((word) => JSON.stringify(word)).join(', ');
    this.add('FieldValueNotSupported', field, `Unsupported value: ${quote(value)}: supported values: ${list}`);
  }

  duplicate(field: string, value: unknown): void {
    this.add('FieldValueDuplicate', field, `Duplicate value: ${quote(value)}`);
  }

  notFound(field: string, value: unknown): void {
    this.add('FieldValueNotFound', field, `Not found: ${quote(value)}`);
  }

  forbidden(field: string, detail: string): void {
    this.add('FieldValueForbidden', field, `Forbidden: ${detail}`);
  }

  tooLong(field: string, limit: number): void {
    this.add('FieldValueTooLong', field, `Too long: may not be more than ${limit} bytes`);
  }

  tooMany(field: string, count: number, limit: number): void {
    this.add('FieldValueTooMany', field, `Too many: ${count}: must have at most ${limit} items`);
  }

  /** Adds the complaint `rule` has about `value`, if any. */
  check(field: string, value: string, rule: (value: string) => string | undefined): void {
    const detail = rule(value);
    if (detail !== undefined) this.invalid(field, value, detail);
  }

  /** Reports every value that appears a second time. */
  distinct<T>(items: readonly T[], keyOf: (item: T) => string | undefined, pathOf: (index: number) => string): void {
    const seen = new Set<string>();
    items.forEach((item, index) => {
      const key = keyOf(item);
      if (key === undefined) return;
      if (seen.has(key)) this.duplicate(pathOf(index), key);
      seen.add(key);
    });
  }

  within(field: string, value: number | undefined, minimum: number, maximum = Number.POSITIVE_INFINITY): void {
    if (value === undefined || (value >= minimum && value <= maximum)) return;
    const detail =
      maximum === Number.POSITIVE_INFINITY
        ? `must be greater than or equal to ${minimum}`
        : `must be between ${minimum} and ${maximum}, inclusive`;
    this.invalid(field, value, detail);
  }
}

/** A list that may be missing, with the path of each item. */
export function eachItem<T>(
  items: readonly T[] | undefined,
  path: string,
  visit: (item: T, path: string, index: number) => void,
): void {
  items?.forEach((item, index) => visit(item, `${path}[${index}]`, index));
}
