/** The parameters after `?`. Parsed by hand: this runs for every request. */
export class Query {
  static readonly none: Query = new Query('');
  readonly #pairs: [string, string][];

  /** @param text what follows the `?`, still escaped */
  constructor(text: string) {
    this.#pairs = [];
    if (text === '') return;
    for (const part of text.split('&')) {
      if (part === '') continue;
      const equals = part.indexOf('=');
      if (equals < 0) this.#pairs.push([unescape(part), '']);
      else this.#pairs.push([unescape(part.slice(0, equals)), unescape(part.slice(equals + 1))]);
    }
  }

  get empty(): boolean {
    return this.#pairs.length === 0;
  }

  /** The first value; undefined when the parameter is not there. */
  get(name: string): string | undefined {
    for (const [key, value] of this.#pairs) if (key === name) return value;
    return undefined;
  }

  all(name: string): string[] {
    return this.#pairs.filter(([key]) => key === name).map(([, value]) => value);
  }

  /** As Go reads booleans in queries: present without a value means true; `0` and `false` mean false. */
  flag(name: string): boolean {
    const value = this.get(name);
    return value !== undefined && value !== '0' && value.toLowerCase() !== 'false';
  }
}

function unescape(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
