import type { Cause } from '@godwit/kinds';

/** A field that is not there to be set. */
export interface UnknownField {
  readonly field: string;
  readonly name: string;
  /** Names of those that are there in its place. */
  readonly known: Iterable<string>;
}

/** One pass over one object: where it is, and what it has found so far. */
export class Walk {
  readonly causes: Cause[] = [];
  /** Fields that no schema names. They have been left out of the copy. */
  readonly unknownFields: UnknownField[] = [];
  /** Characters of names and strings so far: about what the text of the object has. */
  size = 0;
  readonly #path: (string | number)[] = [];

  /** Something that was read before, and is what it was. */
  take(known: object): object {
    this.size += sizeOf(known);
    return known;
  }

  enter(step: string | number): void {
    this.#path.push(step);
  }

  leave(): void {
    this.#path.pop();
  }

  /** Such as `spec.containers[0].name`; map keys that are no plain words are quoted in brackets. */
  get field(): string {
    return fieldPath(this.#path);
  }

  refuse(reason: Cause['reason'], message: string): void {
    this.causes.push({ reason, field: this.field, message });
  }

  unknown(name: string, known: Iterable<string>): void {
    this.enter(name);
    this.unknownFields.push({ field: this.field, name, known });
    this.leave();
  }
}

/** Of smaller values it costs less to count them again than to remember how large they are. */
const WORTH_REMEMBERING = 256;
const sizes = new WeakMap<object, number>();

/** Characters of the names and strings in a value that nobody changes any more, counted once where there are many. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length + 3;
  if (typeof value !== 'object' || value === null) return 6;
  const known = sizes.get(value);
  if (known !== undefined) return known;
  let size = 0;
  for (const [name, child] of Object.entries(value)) size += name.length + 4 + sizeOf(child);
  if (size >= WORTH_REMEMBERING) sizes.set(value, size);
  return size;
}

const WORD = /^[A-Za-z_$][\w$-]*$/;

export function fieldPath(path: readonly (string | number)[]): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (!WORD.test(step)) text += `[${step}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}
