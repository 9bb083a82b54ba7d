/** Situations for tests, in few words. */
import type { BalancePolicySpec } from '@godwit/kinds';
import { type BalanceSettings, settingsOf } from '../settings.ts';
import type { BalanceHost, BalanceMachine, Situation } from '../situation.ts';

export function hostOf(name: string, more: Partial<BalanceHost> = {}): BalanceHost {
  return {
    name,
    power: 'on',
    open: true,
    essential: false,
    capacity: { cpu: 1000, memory: 1000 },
    watts: [100, 200],
    ...more,
  };
}

export function machineOf(host: number, cpu: number, more: Partial<BalanceMachine> = {}): BalanceMachine {
  return {
    id: `m${host}-${cpu}`,
    host,
    cpu: { mean: cpu, deviation: 0, now: cpu },
    held: { memory: 100 },
    movable: true,
    moveSeconds: 10,
    ...more,
  };
}

export function situationOf(
  hosts: readonly BalanceHost[],
  machines: readonly BalanceMachine[],
  more: Partial<Situation> = {},
): Situation {
  return { nowMs: 10_000_000, hosts, machines, allows: () => true, recentMovesMs: [], ...more };
}

/** The defaults that ship, without a reserve unless one is asked for. */
export function testSettings(spec: BalancePolicySpec = {}): BalanceSettings {
  return settingsOf({ reserve: { hosts: 0 }, ...spec });
}
