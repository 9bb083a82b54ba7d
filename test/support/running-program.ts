import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';

/** Longest that a program may take to print what is waited for. */
const PRINT_MS = 180_000;

/** A program that is still running: what it printed so far, and waiting for more. */
export class RunningProgram {
  readonly child: ChildProcess;
  output = '';
  readonly ended: Promise<number | null>;
  #onOutput: (() => void) | undefined;

  constructor(child: ChildProcess) {
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        this.#onOutput?.();
      });
    }
    this.ended = new Promise((resolve) => child.on('close', (status) => resolve(status)));
  }

  /** Resolves with the match once the output holds it; rejects when the program ends without it. */
  async printed(pattern: RegExp): Promise<RegExpMatchArray> {
    let over = false;
    const deadline = setTimeout(() => this.child.kill('SIGKILL'), PRINT_MS);
    const ended = this.ended.then(() => {
      over = true;
      this.#onOutput?.();
    });
    try {
      for (;;) {
        const match = this.output.match(pattern);
        if (match) return match;
        if (over) return assert.fail(`it ended without ${pattern}:\n${this.output}`);
        await new Promise<void>((resolve) => {
          this.#onOutput = resolve;
          if (over) resolve();
        });
      }
    } finally {
      clearTimeout(deadline);
      ended.catch(() => {});
    }
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    await this.ended;
  }
}
