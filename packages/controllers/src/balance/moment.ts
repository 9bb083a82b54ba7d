import type { Clock } from '@godwit/base';

/** One instant on both clocks: what is measured goes by the one that never jumps, what is kept by that on the wall. */
export interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

export const momentOf = (clock: Clock): Moment => ({ monotonicMs: clock.monotonic(), wallMs: clock.now() });
