import type { BalancePolicySpec, PolicyMode } from '@godwit/kinds';
import type { LoadSettings } from './load-memory.ts';

/** Hosts, racks and zones that may fail at any time. */
export interface Reserve {
  readonly hosts: number;
  readonly racks: number;
  readonly zones: number;
}

export type BalanceStrategy = 'spread' | 'pack' | 'fragmentation' | 'energy';

/** A BalancePolicy with everything that it leaves open filled in: the defaults stand here and nowhere else. */
export interface BalanceSettings {
  readonly strategy: BalanceStrategy;
  readonly mode: PolicyMode;
  readonly load: LoadSettings;
  readonly intervalSeconds: number;
  /** Share of a host, from 0 to 1, up to which moves fill it. */
  readonly fill: number;
  /** How many standard deviations of its load are kept free on a host. */
  readonly safety: number;
  /** Share of its cost by which the gain of a plan must exceed it. */
  readonly improvement: number;
  /** How long a host that was emptied is expected to stay so. */
  readonly paybackSeconds: number;
  readonly cooldownSeconds: number;
  readonly movesPerHour: number;
  readonly reserve: Reserve;
  readonly powerMode: PolicyMode;
  readonly minimumHosts: number;
  readonly idleSeconds: number;
  /** 0: hosts that are off can be used at once. */
  readonly wakeSeconds: number;
  /** Share of a storage pool, from 0 to 1. */
  readonly volumeUsage: number;
}

export function settingsOf({ placement, balance, power, reserve }: BalancePolicySpec): BalanceSettings {
  return {
    strategy: placement?.strategy ?? 'spread',
    mode: balance?.mode ?? 'advise',
    load: { halfLifeSeconds: 600, deviationHalfLifeSeconds: 3600 },
    intervalSeconds: balance?.intervalSeconds ?? 300,
    fill: (balance?.maximumUtilization ?? 90) / 100,
    safety: balance?.safety ?? 1.5,
    improvement: (balance?.minimumImprovement ?? 10) / 100,
    paybackSeconds: balance?.paybackSeconds ?? 1800,
    cooldownSeconds: balance?.cooldownSeconds ?? 900,
    movesPerHour: balance?.maximumMovesPerHour ?? 2000,
    reserve: { hosts: reserve?.hosts ?? 1, racks: reserve?.racks ?? 0, zones: reserve?.zones ?? 0 },
    powerMode: power?.mode ?? 'advise',
    minimumHosts: power?.minimumHosts ?? 1,
    idleSeconds: power?.idleSeconds ?? 600,
    wakeSeconds: power?.wakeSeconds ?? 300,
    volumeUsage: (balance?.maximumVolumeUsage ?? 85) / 100,
  };
}
