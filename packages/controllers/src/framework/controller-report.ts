/** What a controller tells about itself: data for `godwit status`, metrics and the console. */
export interface ControllerReport {
  readonly name: string;
  readonly state: 'idle' | 'waiting for caches' | 'running' | 'stopping';
  /** Names that wait for a worker. */
  readonly queueDepth: number;
  /** Names that are being worked on. */
  readonly working: number;
  readonly counts: OutcomeCounts;
  readonly lastRun?: LastRun;
  readonly lastError?: LastError;
  /** Names that are not as they should be, and why; at most {@link TROUBLED_LIMIT}, the oldest first. */
  readonly troubled: readonly Troubled[];
}

export interface OutcomeCounts {
  readonly done: number;
  readonly after: number;
  readonly blocked: number;
  readonly failed: number;
}

export interface LastRun {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly durationMs: number;
  readonly outcome: keyof OutcomeCounts;
  readonly why: string;
}

export interface LastError {
  readonly name: string;
  readonly at: number;
  readonly code: string;
  readonly message: string;
}

export interface Troubled {
  readonly name: string;
  readonly outcome: 'after' | 'blocked' | 'failed';
  readonly why: string;
  /** Since when it has not been `done`, in milliseconds since the epoch. */
  readonly since: number;
  /** Failures in a row. */
  readonly failures: number;
}

export const TROUBLED_LIMIT = 1000;

/** Keeps the figures of one controller. */
export class ReportKeeper {
  readonly #counts = { done: 0, after: 0, blocked: 0, failed: 0 };
  readonly #troubled = new Map<string, Troubled>();
  #lastRun: LastRun | undefined;
  #lastError: LastError | undefined;

  ended(run: LastRun, error?: { readonly code: string }): void {
    this.#counts[run.outcome]++;
    this.#lastRun = run;
    const { name, outcome, why, at } = run;
    if (error) this.#lastError = { name, at, code: error.code, message: why };
    if (outcome === 'done') {
      this.#troubled.delete(name);
      return;
    }
    const before = this.#troubled.get(name);
    if (!before && this.#troubled.size >= TROUBLED_LIMIT) return;
    const failures = outcome === 'failed' ? (before?.failures ?? 0) + 1 : 0;
    this.#troubled.set(name, { name, outcome, why, since: before?.since ?? at, failures });
  }

  /** Forgets names, when their controller stops. */
  forgetNames(): void {
    this.#troubled.clear();
  }

  report(now: Pick<ControllerReport, 'name' | 'state' | 'queueDepth' | 'working'>): ControllerReport {
    return {
      ...now,
      counts: { ...this.#counts },
      ...(this.#lastRun && { lastRun: this.#lastRun }),
      ...(this.#lastError && { lastError: this.#lastError }),
      troubled: [...this.#troubled.values()],
    };
  }
}
