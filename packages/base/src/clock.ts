/** A timer that has not fired yet; `cancel` is safe to call at any time, also twice. */
export interface Timer {
  cancel(): void;
}

/**
 * The only source of time. Production passes {@link SystemClock}; tests and the simulator pass
 * `VirtualClock`. Durations and instants are milliseconds.
 */
export interface Clock {
  /** Wall-clock time, in milliseconds since the Unix epoch. It may jump. */
  now(): number;
  /** Time that never goes back, in milliseconds since an arbitrary start. Leases are measured with it. */
  monotonic(): number;
  /** Runs `task` once, after at least `delayMs`. */
  after(delayMs: number, task: () => void): Timer;
  /** Resolves after `delayMs`; rejects with the signal's reason when it is aborted first. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** `Clock.sleep` in terms of `Clock.after`, shared by every clock. */
export function sleepWith(clock: Pick<Clock, 'after'>, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      timer.cancel();
      reject(signal?.reason);
    };
    const timer = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** `now` as Kubernetes writes instants: RFC 3339, whole seconds, UTC. */
export function timestamp(clock: Pick<Clock, 'now'>): string {
  const second = Math.floor(clock.now() / 1000);
  if (second !== writtenSecond) {
    writtenText = `${new Date(second * 1000).toISOString().slice(0, 19)}Z`;
    writtenSecond = second;
  }
  return writtenText;
}

/** The second that was written last: most of those who ask do so within one. */
let writtenSecond = Number.NaN;
let writtenText = '';

/** `now` as Kubernetes writes `MicroTime`: RFC 3339 with six decimals, UTC. */
export function microTimestamp(clock: Pick<Clock, 'now'>): string {
  return new Date(clock.now()).toISOString().replace('Z', '000Z');
}

/** Longest delay `setTimeout` honours; longer ones would fire at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** The machine's own clock. */
export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
  }

  after(delayMs: number, task: () => void): Timer {
    const handle = setTimeout(task, Math.min(Math.max(0, delayMs), LONGEST_DELAY_MS));
    return { cancel: () => clearTimeout(handle) };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepWith(this, delayMs, signal);
  }
}
