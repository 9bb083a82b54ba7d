import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Lines for a person: colour only on a terminal, progress as short sentences. */
export class Terminal {
  readonly #stream: NodeJS.WriteStream;

  constructor(stream: NodeJS.WriteStream = process.stdout) {
    this.#stream = stream;
  }

  get isInteractive(): boolean {
    return this.#stream.isTTY && process.stdin.isTTY;
  }

  paint(style: Style, text: string): string {
    return styleText(style, text, { stream: this.#stream });
  }

  line(text = ''): void {
    this.#stream.write(`${text}\n`);
  }

  /** Something that was done or is under way. */
  step(text: string): void {
    this.line(`${this.paint('cyan', '•')} ${text}`);
  }

  success(text: string): void {
    this.line(`${this.paint('green', '✓')} ${text}`);
  }

  warning(text: string): void {
    this.line(`${this.paint('yellow', '!')} ${text}`);
  }

  failure(text: string): void {
    this.line(`${this.paint('red', '✗')} ${text}`);
  }

  /** `label  value` pairs, aligned. */
  facts(pairs: readonly (readonly [string, string])[]): void {
    const width = Math.max(...pairs.map(([label]) => label.length));
    for (const [label, value] of pairs) this.line(`  ${this.paint('dim', label.padEnd(width))}  ${value}`);
  }
}
