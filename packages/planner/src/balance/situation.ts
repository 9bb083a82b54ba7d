import type { Amounts } from '../amounts.ts';
import type { PowerCurve } from '../power/watts.ts';
import type { LoadForecast } from './load-memory.ts';

/** A host, as far as balancing needs to know it. */
export interface BalanceHost {
  readonly name: string;
  readonly power: 'on' | 'off';
  /** Takes machines: it is ready and nobody has cordoned it. */
  readonly open: boolean;
  /** Runs part of the control plane: never switched off. */
  readonly essential: boolean;
  /** `cpu` counts for loads, everything else for what machines hold. */
  readonly capacity: Amounts;
  readonly watts: PowerCurve;
  readonly rack?: string;
  readonly zone?: string;
  /** Since when no machine runs on it, in milliseconds since the epoch; absent: unknown, or one does. */
  readonly emptySinceMs?: number;
}

export interface BalanceMachine {
  /** For people: kind/namespace/name. */
  readonly id: string;
  /** Index of its host. */
  readonly host: number;
  /** Processor time that it is expected to use, in the unit of the hosts' `cpu`. */
  readonly cpu: LoadForecast;
  /** What it takes of its host whatever it does: memory, disk, devices. */
  readonly held: Amounts;
  readonly movable: boolean;
  /** For people: why it is not movable. */
  readonly stays?: string;
  /** How long moving it takes. */
  readonly moveSeconds: number;
  /** When it last moved, in milliseconds since the epoch. */
  readonly movedMs?: number;
}

/** What a plan is made from. */
export interface Situation {
  readonly nowMs: number;
  readonly hosts: readonly BalanceHost[];
  readonly machines: readonly BalanceMachine[];
  /** Whether a host may have a machine at all: affinity, taints, volumes. Capacity is none of its business. */
  readonly allows: (machine: number, host: number) => boolean;
  /** When moves were begun lately, in milliseconds since the epoch. */
  readonly recentMovesMs: readonly number[];
}

/** A machine that goes to another host. */
export interface Move {
  readonly machine: number;
  readonly from: number;
  readonly to: number;
  readonly why: MoveReason;
}

export type MoveReason = 'overload' | 'misplaced' | 'empties-host' | 'evens-out';
