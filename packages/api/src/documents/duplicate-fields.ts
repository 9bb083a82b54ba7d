/**
 * Paths of object fields that a JSON text names more than once, such as `metadata.labels.app`. The text
 * must be valid JSON: it is walked once, without building anything but the names that it meets.
 */
export function duplicateFields(text: string): readonly string[] {
  const found: string[] = [];
  const scan = new Scan(text, found);
  scan.value();
  return found;
}

const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;

class Scan {
  readonly #text: string;
  readonly #found: string[];
  readonly #path: (string | number)[] = [];
  #at = 0;

  constructor(text: string, found: string[]) {
    this.#text = text;
    this.#found = found;
  }

  value(): void {
    const code = this.#next();
    if (code === OPEN_OBJECT) this.#object();
    else if (code === OPEN_LIST) this.#list();
    else if (code === QUOTE) this.#string();
    else this.#scalar();
  }

  /** The next character that is no white space. */
  #next(): number {
    let code = this.#text.charCodeAt(this.#at);
    while (code <= 32) code = this.#text.charCodeAt(++this.#at);
    return code;
  }

  #object(): void {
    this.#at++;
    const names = new Set<string>();
    while (this.#at < this.#text.length) {
      const code = this.#next();
      if (code === CLOSE_OBJECT) break;
      if (code === COMMA) {
        this.#at++;
        continue;
      }
      const name = this.#string();
      this.#next();
      this.#at++;
      this.#path.push(name);
      if (names.has(name)) this.#found.push(pathText(this.#path));
      names.add(name);
      this.value();
      this.#path.pop();
    }
    this.#at++;
  }

  #list(): void {
    this.#at++;
    for (let index = 0; this.#at < this.#text.length; ) {
      const code = this.#next();
      if (code === CLOSE_LIST) break;
      if (code === COMMA) {
        this.#at++;
        index++;
        continue;
      }
      this.#path.push(index);
      this.value();
      this.#path.pop();
    }
    this.#at++;
  }

  #string(): string {
    const begin = this.#at;
    let escaped = false;
    for (let at = begin + 1; at < this.#text.length; at++) {
      const code = this.#text.charCodeAt(at);
      if (code === BACKSLASH) {
        escaped = true;
        at++;
      } else if (code === QUOTE) {
        this.#at = at + 1;
        const raw = this.#text.slice(begin, at + 1);
        return escaped ? (JSON.parse(raw) as string) : raw.slice(1, -1);
      }
    }
    this.#at = this.#text.length;
    return '';
  }

  #scalar(): void {
    while (this.#at < this.#text.length) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === COMMA || code === CLOSE_OBJECT || code === CLOSE_LIST || code <= 32) return;
      this.#at++;
    }
  }
}

function pathText(path: readonly (string | number)[]): string {
  let text = '';
  for (const step of path) text += typeof step === 'number' ? `[${step}]` : text === '' ? step : `.${step}`;
  return text;
}
