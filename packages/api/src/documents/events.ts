import { apiVersionOf, type KindDefinition } from '@godwit/kinds';
import type { DocumentEvent } from '../operations/operations.ts';
import { Document } from './document.ts';

const encoder = new TextEncoder();

/** One event, shared by all who see it; its line and other forms are made when first asked for. */
export class SharedEvent implements DocumentEvent {
  readonly type: DocumentEvent['type'];
  readonly document: Document;
  #line: Uint8Array | undefined;
  #forms: Map<string, unknown> | undefined;

  constructor(type: DocumentEvent['type'], document: Document) {
    this.type = type;
    this.document = document;
  }

  get line(): Uint8Array {
    this.#line ??= encoder.encode(`{"type":"${this.type}","object":${this.document.json}}\n`);
    return this.#line;
  }

  memo<T>(form: string, make: (event: DocumentEvent) => T): T {
    this.#forms ??= new Map();
    if (!this.#forms.has(form)) this.#forms.set(form, make(this));
    return this.#forms.get(form) as T;
  }
}

/** What happened to one key: what was there, what is there. Gives each watcher its view of it. */
export class Change {
  readonly key: string;
  readonly revision: number;
  readonly before: Document | undefined;
  readonly after: Document | undefined;
  #added: SharedEvent | undefined;
  #modified: SharedEvent | undefined;
  #deleted: SharedEvent | undefined;

  constructor(key: string, revision: number, before: Document | undefined, after: Document | undefined) {
    this.key = key;
    this.revision = revision;
    this.before = before;
    this.after = after;
  }

  /** The event for somebody who saw the object before (`was`) and sees it now (`is`). */
  view(was: boolean, is: boolean): SharedEvent | undefined {
    if (is) {
      const after = this.after as Document;
      if (was) this.#modified ??= new SharedEvent('MODIFIED', after);
      else this.#added ??= new SharedEvent('ADDED', after);
      return was ? this.#modified : this.#added;
    }
    // Who loses sight of an object gets it as he last saw it, with the version of what made it go.
    if (was) this.#deleted ??= new SharedEvent('DELETED', (this.before as Document).again(this.revision));
    return was ? this.#deleted : undefined;
  }
}

/** Tells a watcher how far it has seen. `initialEnd` marks the end of the initial events. */
export function bookmark(kind: KindDefinition, revision: number, initialEnd = false): SharedEvent {
  const object = {
    kind: kind.kind,
    apiVersion: apiVersionOf(kind),
    metadata: {
      resourceVersion: String(revision),
      creationTimestamp: null,
      ...(initialEnd && { annotations: { 'k8s.io/initial-events-end': 'true' } }),
    },
  };
  return new SharedEvent('BOOKMARK', Document.answer(object));
}
