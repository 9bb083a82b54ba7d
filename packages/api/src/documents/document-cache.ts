import type { KubeObject } from '@godwit/kinds';
import type { Document } from './document.ts';

/** Comes after everything that a key may hold. */
const LAST = '\uffff';

type Reader = (object: KubeObject) => string;

/**
 * The current documents of one kind, by key, in the order of keys, and by the value of any field that
 * somebody asked for. Sorting is put off until a list needs it, so that writes stay cheap.
 */
export class DocumentCache {
  readonly #documents = new Map<string, Document>();
  readonly #indexes = new Map<string, FieldIndex>();
  /** All keys in order, but for what has changed since. */
  #sorted: string[] = [];
  readonly #added = new Set<string>();
  #hasRemoved = false;

  get size(): number {
    return this.#documents.size;
  }

  get(key: string): Document | undefined {
    return this.#documents.get(key);
  }

  /** Puts documents whose keys are in order into an empty cache. */
  fill(documents: Iterable<readonly [key: string, document: Document]>): void {
    for (const [key, document] of documents) {
      this.#documents.set(key, document);
      this.#sorted.push(key);
    }
  }

  /** Puts or (undefined) removes; answers what was there. */
  set(key: string, document: Document | undefined): Document | undefined {
    const before = this.#documents.get(key);
    if (document) {
      if (!before) this.#added.add(key);
      this.#documents.set(key, document);
    } else if (before) {
      if (!this.#added.delete(key)) this.#hasRemoved = true;
      this.#documents.delete(key);
    }
    for (const index of this.#indexes.values()) index.change(key, before, document);
    return before;
  }

  keys(): Iterable<string> {
    return this.#documents.keys();
  }

  values(): Iterable<Document> {
    return this.#documents.values();
  }

  /** Documents under a key prefix after a key, in order; a snapshot. */
  range(prefix: string, after = ''): Document[] {
    const keys = this.#order();
    const documents: Document[] = [];
    for (let at = firstAfter(keys, after < prefix ? prefix : after); at < keys.length; at++) {
      const key = keys[at] as string;
      if (!key.startsWith(prefix)) break;
      documents.push(this.#documents.get(key) as Document);
    }
    return documents;
  }

  /** The first `limit` of a range, and how many more there are: costs what is taken. */
  page(prefix: string, after: string, limit: number): { readonly documents: Document[]; readonly remaining: number } {
    const keys = this.#order();
    const begin = firstAfter(keys, after < prefix ? prefix : after);
    const end = Math.max(begin, firstAfter(keys, `${prefix}${LAST}`));
    const until = Math.min(end, begin + limit);
    const documents = keys.slice(begin, until).map((key) => this.#documents.get(key) as Document);
    return { documents, remaining: end - until };
  }

  /** What is nearly in order is sorted in nearly one pass. */
  #order(): readonly string[] {
    if (this.#hasRemoved) {
      this.#sorted = this.#sorted.filter((key) => this.#documents.has(key) && !this.#added.has(key));
      this.#hasRemoved = false;
    }
    if (this.#added.size > 0) {
      for (const key of [...this.#added].sort()) this.#sorted.push(key);
      this.#sorted.sort();
      this.#added.clear();
    }
    return this.#sorted;
  }

  /** Documents whose field has that value, in no order. The first question about a field reads them all. */
  by(field: string, value: string, read: Reader): Iterable<readonly [key: string, document: Document]> {
    let index = this.#indexes.get(field);
    if (!index) {
      index = new FieldIndex(read);
      for (const [key, document] of this.#documents) index.change(key, undefined, document);
      this.#indexes.set(field, index);
    }
    return index.with(value);
  }
}

class FieldIndex {
  readonly #read: Reader;
  readonly #values = new Map<string, Map<string, Document>>();

  constructor(read: Reader) {
    this.#read = read;
  }

  with(value: string): Iterable<readonly [string, Document]> {
    return this.#values.get(value) ?? [];
  }

  change(key: string, before: Document | undefined, after: Document | undefined): void {
    const old = before && this.#read(before.object);
    const now = after && this.#read(after.object);
    if (old !== undefined && old !== now) {
      const documents = this.#values.get(old);
      documents?.delete(key);
      if (documents?.size === 0) this.#values.delete(old);
    }
    if (now === undefined || !after) return;
    const documents = this.#values.get(now);
    if (documents) documents.set(key, after);
    else this.#values.set(now, new Map([[key, after]]));
  }
}

/** Index of the first key that is greater than `key`, in sorted `keys`. */
function firstAfter(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] as string) <= key) low = middle + 1;
    else high = middle;
  }
  return low;
}
