const WIDTH = 30;
/** Not more often than every hundredth. */
const STEPS = 100;

/** How far something has come, on one line of a terminal; silent where there is none. */
export class ProgressBar {
  readonly #stream: NodeJS.WriteStream;
  #shown = '';

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** @param share 0 to 1 */
  show(share: number, doing: string): void {
    if (!this.#stream.isTTY) return;
    const step = Math.floor(share * STEPS);
    const text = `${String(step).padStart(3)} %  ${doing}`;
    if (text === this.#shown) return;
    this.#shown = text;
    const full = Math.round((step / STEPS) * WIDTH);
    this.#stream.write(`\r\u001b[K${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${text}`);
  }

  done(): void {
    if (this.#stream.isTTY) this.#stream.write('\r\u001b[K');
  }
}
