import { type Timer, VirtualClock } from '@godwit/base';

const FRAMES = 4;
const MOST_SHOWN = 5;

/** Virtual time that can say who keeps it from passing. */
export class WatchedClock extends VirtualClock {
  /** Where timers are set, and how often, while somebody asks. */
  #setters: Map<string, number> | undefined;
  /** Hears where somebody set a timer to no number: it would never come, and nor would any other. */
  onNoTime: ((where: string) => void) | undefined;

  override after(delayMs: number, task: () => void): Timer {
    if (Number.isNaN(delayMs)) {
      this.onNoTime?.(setter());
      return { cancel: () => undefined };
    }
    if (this.#setters) {
      const where = setter();
      this.#setters.set(where, (this.#setters.get(where) ?? 0) + 1);
    }
    return super.after(delayMs, task);
  }

  /** From now on it is noted who sets timers. */
  watch(): void {
    this.#setters ??= new Map();
  }

  /** Who has set most timers since, in words. */
  busiest(): readonly string[] {
    const setters = [...(this.#setters ?? [])].sort(([, a], [, b]) => b - a);
    return setters.slice(0, MOST_SHOWN).map(([where, times]) => `${times} timers set at ${where}`);
  }
}

/** The nearest callers that are no clocks themselves. */
function setter(): string {
  const frames = (new Error().stack ?? '').split('\n').slice(1);
  const callers = frames.filter((frame) => !/clock\.ts|incarnation\.ts|new Promise/.test(frame));
  return callers
    .slice(0, FRAMES)
    .map((frame) =>
      frame
        .trim()
        .replace(/^at /, '')
        .replace(/file:\S*\/(packages|apps)\//, '$1/'),
    )
    .join(' < ');
}
