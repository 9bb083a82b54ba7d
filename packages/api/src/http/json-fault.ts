/** Where a JSON text is broken, counted from 1, and how. */
export interface JsonFault {
  readonly line: number;
  readonly column: number;
  readonly problem: string;
}

/**
 * The first place where a text is not JSON (RFC 8259). The engine's own messages do not always say where;
 * this runs only after `JSON.parse` has refused the text. Undefined for valid JSON.
 */
export function findJsonFault(text: string): JsonFault | undefined {
  const reader = new FaultReader(text);
  try {
    reader.value(0);
    reader.space();
    if (reader.at < text.length) reader.stop('nothing may follow the value');
    return undefined;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const before = text.slice(0, reader.at);
    const lineStart = before.lastIndexOf('\n') + 1;
    return { line: before.split('\n').length, column: reader.at - lineStart + 1, problem: error.message };
  }
}

class Fault extends Error {}

const NUMBER = /-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
/** A whole string; what stops it early is looked at by hand. */
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y;
const DEEPEST = 2000;

class FaultReader {
  at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  stop(problem: string): never {
    const found = this.at < this.#text.length ? `found ${JSON.stringify(this.#text[this.at])}` : 'found the end';
    throw new Fault(`${problem}, ${found}`);
  }

  space(): void {
    while (this.at < this.#text.length && ' \t\n\r'.includes(this.#text[this.at] as string)) this.at++;
  }

  value(depth: number): void {
    if (depth > DEEPEST) this.stop('nested too deeply');
    this.space();
    const first = this.#text[this.at];
    if (first === '{') return this.#object(depth);
    if (first === '[') return this.#array(depth);
    if (first === '"') return this.#string();
    for (const word of ['true', 'false', 'null']) if (this.#skip(word)) return;
    NUMBER.lastIndex = this.at;
    const number = NUMBER.exec(this.#text);
    if (!number) this.stop('expected a value');
    this.at += number[0].length;
  }

  #skip(word: string): boolean {
    if (!this.#text.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }

  #string(): void {
    STRING.lastIndex = this.at;
    this.at += STRING.exec(this.#text)?.[0].length ?? 0;
    if (!this.#skip('"')) this.stop('a string is not closed or has a character that must be escaped');
  }

  #object(depth: number): void {
    this.at++;
    this.space();
    if (this.#skip('}')) return;
    for (;;) {
      this.space();
      if (this.#text[this.at] !== '"') this.stop('expected a field name in double quotes');
      this.#string();
      this.space();
      if (!this.#skip(':')) this.stop('expected ":" after a field name');
      this.value(depth + 1);
      this.space();
      if (this.#skip('}')) return;
      if (!this.#skip(',')) this.stop('expected "," or "}"');
    }
  }

  #array(depth: number): void {
    this.at++;
    this.space();
    if (this.#skip(']')) return;
    for (;;) {
      this.value(depth + 1);
      this.space();
      if (this.#skip(']')) return;
      if (!this.#skip(',')) this.stop('expected "," or "]"');
    }
  }
}
