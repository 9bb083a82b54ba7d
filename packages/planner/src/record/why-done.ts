/**
 * Why something was done, as values: each has a code and its names and figures, and every language has words for each
 * code. Records keep them as they stand here. Amounts are in base units: machines, thousandths of a core, bytes.
 */
import type { ElasticMetricSpec } from '@godwit/kinds';
import type { MoveReason } from '../balance/situation.ts';
import type { Coded } from '../in-words.ts';
import type { PowerReason } from '../power/plan-power.ts';
import type { UnknownMetric } from '../scale/elastic/unknown-metric.ts';

export type WhyDone = WhyMoved | WhySwitched | WhyScaled | WhyResized | WhyPreempted;

export type WhyMoved = Coded<MoveReason>;

/** `released`: it sleeps although no policy says so any more. */
export type WhySwitched = Coded<PowerReason | 'released'>;

/** It is given what it was seen to use. */
export type WhyResized = { readonly is: 'measured' };

/** Somebody more important had no room elsewhere. */
export type WhyPreempted = { readonly is: 'less-important' };

/** Why an autoscaler makes machines more, fewer, larger or smaller. */
export type WhyScaled =
  | {
      readonly is: 'demand';
      /** Of machines and of each size what is asked for. */
      readonly parts: readonly AskedPart[];
      /** The schedule that set the bounds. */
      readonly schedule?: string;
      readonly unknown?: readonly UnknownMetric[];
    }
  /** `blind-for-long`: it has what a policy says for that. `blind`: nothing changes but by bounds. */
  | Coded<'blind-for-long' | 'blind', { readonly unknown?: readonly UnknownMetric[] }>
  /** There were more, or fewer, than the spec allows. */
  | Coded<'above-maximum' | 'below-minimum', { readonly bound: number }>;

/** What is asked for of one thing that can be scaled. */
export interface AskedPart {
  readonly of: 'machines' | 'cpu' | 'memory';
  /** Who asks for most. */
  readonly by: Asker;
  readonly wanted: number;
  /** Less is asked for by these. */
  readonly others?: readonly { readonly by: Asker; readonly wanted: number }[];
  /** What it has instead of that, and why. */
  readonly held?: { readonly at: number; readonly since: Held };
}

/** A metric, with what it was found to be where that is told, or a request that waits and that nobody serves. */
export type Asker =
  | { readonly is: 'metric'; readonly name: string; readonly found?: FoundValue }
  | { readonly is: 'waiting-request' };

/** A value beside its goal, in the unit of the metric. */
export interface FoundValue {
  readonly type: ElasticMetricSpec['type'];
  readonly value: number;
  readonly goal: Goal;
  /** The goal is that of each machine. */
  readonly each?: true;
}

export type Goal =
  /** `foretold`: a forecast asks for more than the value does. */
  | { readonly is: 'target'; readonly target: number; readonly foretold?: true }
  | { readonly is: 'between'; readonly lower: number; readonly upper: number }
  /** `base` units at `lower`, `top` units at `upper`. */
  | {
      readonly is: 'line';
      readonly lower: number;
      readonly base: number;
      readonly upper: number;
      readonly top: number;
    };

/**
 * What keeps a number where it is. Rates: it may not change any faster. Bounds: no more or no less is allowed.
 * Stabilised: less, or more, was asked for a short while ago. Idle: nothing must be asked for long enough.
 */
export type Held = 'up-rate' | 'down-rate' | 'maximum' | 'minimum' | 'up-stabilized' | 'down-stabilized' | 'idle';

/** What something is scaled to: how many machines, how large; what is absent stays. */
export interface Scaled {
  readonly machines?: number;
  readonly cpu?: number;
  readonly memory?: number;
}

/** Why another was not chosen: so many machines would have had to leave it. */
export interface NotChosen {
  readonly is: 'more-would-leave';
  readonly machines: number;
}
