import type { KubeObject, Stored } from '@godwit/kinds';
import type { Body, Entry } from '@godwit/store';

/**
 * One version of one object: immutable, shared by every reader, list and watcher of this process. It has
 * two forms, the parsed object and its text, and each is made from the other only when somebody asks.
 *
 * Memory: the text is held strongly once it exists and the object then only weakly, so that 20,000 idle
 * objects cost their text and no more, and that text is the one which the store holds; an object that an
 * informer keeps is found again and not parsed twice. Where no text is ever asked for (memory store,
 * simulation) only the object exists.
 *
 * The version is known only once the store has written the document, and it is no part of the stored
 * text: `text` is without `metadata.resourceVersion`, `json` is with it.
 */
export class Document implements Body {
  #text: string | undefined;
  #object: KubeObject | undefined;
  #weakObject: WeakRef<KubeObject> | undefined;
  #revision: number;
  /** True for what is never stored: its text is given as it is. */
  readonly #final: boolean;
  /** For what is read out of something else: makes the object whenever it is asked for. */
  #make: (() => KubeObject) | undefined;

  private constructor(object: KubeObject | undefined, text: string | undefined, revision: number, final = false) {
    this.#object = object;
    this.#text = text;
    this.#revision = revision;
    this.#final = final;
  }

  /**
   * A new version that has yet to be written. The caller hands over `object` and its `metadata`, neither
   * of which anybody else may hold: the version is filled in when it is known.
   */
  static draft(object: KubeObject): Document {
    return new Document(object, undefined, 0);
  }

  /** An object that is answered as it is: never stored, its version (if any) its own. */
  static answer(object: object): Document {
    return new Document(object as KubeObject, undefined, 0, true);
  }

  /** An object that is made from something else whenever somebody asks for it, and held by nobody. */
  static derived(make: () => KubeObject): Document {
    const document = new Document(undefined, undefined, 0);
    document.#make = make;
    return document;
  }

  /** What the store holds: the very document that this process appended, or a new one around its text. */
  static of(entry: Pick<Entry, 'body' | 'revision'>): Document {
    const { body, revision } = entry;
    return body instanceof Document ? body.at(revision) : new Document(undefined, body.text, revision);
  }

  /** The same content under another version: what was there when it was deleted. */
  again(revision: number): Document {
    if (this.#make) return Document.derived(this.#make).at(revision);
    const object = this.#object ?? this.#weakObject?.deref();
    if (object) return Document.draft({ ...object, metadata: { ...object.metadata } }).at(revision);
    return new Document(undefined, this.text, revision);
  }

  /** Tells the document its version. Only the first call counts. */
  at(revision: number): this {
    if (this.#revision !== 0 || revision === 0) return this;
    this.#revision = revision;
    const object = this.#object ?? this.#weakObject?.deref();
    if (object) (object.metadata as { resourceVersion?: string }).resourceVersion = String(revision);
    return this;
  }

  /** Store revision of this version; 0 while it has not been written. */
  get revision(): number {
    return this.#revision;
  }

  get object(): Stored<KubeObject> {
    const known = this.#object ?? this.#weakObject?.deref();
    if (known) return known as Stored<KubeObject>;
    const object = (this.#make?.() ?? JSON.parse(this.#text as string)) as Stored<KubeObject>;
    if (this.#revision !== 0)
      (object.metadata as { resourceVersion?: string }).resourceVersion = String(this.#revision);
    this.#weakObject = new WeakRef(object);
    return object;
  }

  /** What the store keeps. */
  get text(): string {
    if (this.#make) return textOf(this.#make());
    this.#text ??= this.#write();
    return this.#text;
  }

  /** The JSON that clients get, with its version. Not kept: events keep the lines that they make from it. */
  get json(): string {
    return this.#revision === 0 ? this.text : withVersion(this.text, this.#revision);
  }

  #write(): string {
    const object = this.#object as KubeObject;
    if (this.#final) return JSON.stringify(object);
    this.#weakObject = new WeakRef(object);
    this.#object = undefined;
    return textOf(object);
  }
}

/** An object as it is stored: metadata right after its type, and without a version. */
function textOf(object: KubeObject): string {
  if (object.metadata.resourceVersion === undefined) {
    const text = JSON.stringify(object);
    if (beginsWithMetadata(text, object)) return text;
  }
  const { apiVersion, kind, metadata, ...rest } = object;
  const { resourceVersion: _, ...stored } = metadata;
  return JSON.stringify({ apiVersion, kind, metadata: stored, ...rest });
}

/** Whether only apiVersion and kind come before the metadata, as `withVersion` needs it. */
function beginsWithMetadata(text: string, { apiVersion, kind }: KubeObject): boolean {
  const length = apiVersion.length + kind.length;
  return text.startsWith(METADATA, '{"apiVersion":"","kind":"",'.length + length);
}

/** apiVersion and kind come first and cannot hold a quote, so the first match is the object's own metadata. */
const METADATA = '"metadata":{';

function withVersion(text: string, revision: number): string {
  const at = text.indexOf(METADATA) + METADATA.length;
  return `${text.slice(0, at)}"resourceVersion":"${revision}",${text.slice(at)}`;
}
