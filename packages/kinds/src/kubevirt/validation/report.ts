import type { Cause, CauseReason } from '../../machinery/index.ts';

/** Collects what is wrong with an object, field by field. */
export class Report {
  readonly causes: Cause[] = [];

  add(reason: CauseReason, field: string, message: string): void {
    this.causes.push({ reason, field, message });
  }

  invalid(field: string, message: string): void {
    this.add('FieldValueInvalid', field, message);
  }

  required(field: string, message: string): void {
    this.add('FieldValueRequired', field, message);
  }

  /** Reports `value` unless it is one of `allowed`; an absent or empty one is left to defaults. */
  oneOf(field: string, value: string | undefined, allowed: readonly string[]): void {
    if (!value || allowed.includes(value)) return;
    this.add('FieldValueNotSupported', field, `Unsupported value: "${value}": supported values: ${quoted(allowed)}`);
  }

  /** Reports every name that was there before. */
  unique(items: readonly { readonly name?: string }[], field: string, key = 'name'): void {
    const seen = new Map<string, number>();
    for (const [index, { name }] of items.entries()) {
      if (name === undefined) continue;
      const first = seen.get(name);
      if (first === undefined) seen.set(name, index);
      else {
        const message = `"${name}" is already the name of ${field}[${first}]`;
        this.add('FieldValueDuplicate', `${field}[${index}].${key}`, message);
      }
    }
  }

  /** Reports unless exactly one of the fields is set. */
  exactlyOne(value: Readonly<Record<string, unknown>>, fields: readonly string[], path: string, what: string): void {
    const set = fields.filter((field) => value[field] !== undefined);
    if (set.length === 1) return;
    if (set.length === 0) this.required(path, `must have exactly one ${what} set: ${fields.join(', ')}`);
    else this.invalid(path, `must have exactly one ${what} set, not ${set.join(' and ')}`);
  }
}

const quoted = (words: readonly string[]): string => words.map((word) => `"${word}"`).join(', ');

/** RFC 1123 label: what a host name and most names inside a machine must be. */
export const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
/** RFC 1123 subdomain. */
export const SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
export const PCI_ADDRESS = /^[\da-fA-F]{4}:[\da-fA-F]{2}:[01][\da-fA-F]\.[0-7]$/;
