import type { KubeObject, Stored } from '@godwit/kinds';
import type { Body, Entry } from '@godwit/store';

/**
 * One version of one object: immutable, shared by every reader, list and watcher of this process. It has
 * two forms, the parsed object and its JSON, and each is made from the other only when somebody asks.
 *
 * Memory: the JSON is held strongly once it exists and the object then only weakly, so that 20,000 idle
 * objects cost their text and no more; an object that an informer holds is found again and not parsed
 * twice. Where no text is ever asked for (memory store, simulation) only the object exists.
 *
 * The version is known only once the store has written the document, and it is no part of the stored
 * text: `text` is without `metadata.resourceVersion`, `json` is with it.
 */
export class Document implements Body {
  /** Stored text, or text with version once `#hasVersion`. */
  #text: string | undefined;
  #hasVersion = false;
  #object: KubeObject | undefined;
  #weakObject: WeakRef<KubeObject> | undefined;
  #revision: number;

  private constructor(object: KubeObject | undefined, text: string | undefined, revision: number) {
    this.#object = object;
    this.#text = text;
    this.#revision = revision;
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
    const document = new Document(object as KubeObject, undefined, 0);
    document.#hasVersion = true;
    return document;
  }

  /** What the store holds: the very document that this process appended, or a new one around its text. */
  static of(entry: Entry): Document {
    const { body, revision } = entry;
    return body instanceof Document ? body.at(revision) : new Document(undefined, body.text, revision);
  }

  /** Tells the document its version. Only the first call counts. */
  at(revision: number): this {
    if (this.#revision !== 0) return this;
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
    const object = JSON.parse(this.#text as string) as Stored<KubeObject>;
    if (!this.#hasVersion) (object.metadata as { resourceVersion?: string }).resourceVersion = String(this.#revision);
    this.#weakObject = new WeakRef(object);
    return object;
  }

  /** What the store keeps. */
  get text(): string {
    if (this.#text === undefined) this.#write();
    return this.#hasVersion ? withoutVersion(this.#text as string) : (this.#text as string);
  }

  /** The JSON that clients get, with its version. */
  get json(): string {
    if (this.#text === undefined) this.#write();
    if (!this.#hasVersion && this.#revision !== 0) {
      this.#text = withVersion(this.#text as string, this.#revision);
      this.#hasVersion = true;
    }
    return this.#text as string;
  }

  #write(): void {
    const object = this.#object as KubeObject;
    if (this.#hasVersion) {
      this.#text = JSON.stringify(object);
      return;
    }
    const { apiVersion, kind, metadata, ...rest } = object;
    const { resourceVersion: _, ...stored } = metadata;
    this.#text = JSON.stringify({ apiVersion, kind, metadata: stored, ...rest });
    this.#weakObject = new WeakRef(object);
    this.#object = undefined;
  }
}

/** apiVersion and kind come first and cannot hold a quote, so the first match is the object's own metadata. */
const METADATA = '"metadata":{';

function withVersion(text: string, revision: number): string {
  const at = text.indexOf(METADATA) + METADATA.length;
  return `${text.slice(0, at)}"resourceVersion":"${revision}",${text.slice(at)}`;
}

function withoutVersion(json: string): string {
  return json.replace(/"metadata":\{"resourceVersion":"\d+",/, METADATA);
}
