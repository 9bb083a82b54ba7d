import { type BalancePolicySpec } from '@godwit/kinds';
import { type BalanceMachine, LoadMemory, planBalance, type Situation, settingsOf } from '@godwit/planner';
import type { Policy, View } from './data-centre.ts';
import { migrationSeconds, STEP_SECONDS } from './model.ts';

/** What the experiment itself fixes; everything else is what ships. */
export const policySpec: BalancePolicySpec = {
  // Saving energy is what the experiment is about.
  placement: { strategy: 'energy' },
  // Its servers start and stop in no time.
  power: { wakeSeconds: 0 },
};

/** Godwit's own planner as a policy of the experiment: measured load in, moves out. */
export function godwitPolicy(rules: { readonly memory: boolean }): Policy {
  const settings = settingsOf(policySpec);
  const memory = new LoadMemory(settings.load);
  const movedMs = new Map<number, number>();
  let recentMovesMs: number[] = [];
  return (view) => {
    const nowMs = view.step * STEP_SECONDS * 1000;
    const machines = view.guests.map((guest, index): BalanceMachine => {
      const key = String(index);
      memory.observe(key, view.wanted(index), nowMs, 0.05 * guest.mips);
      const moved = movedMs.get(index);
      return {
        id: key,
        host: view.where[index] as number,
        cpu: memory.forecast(key) ?? { mean: 0, deviation: 0, now: 0 },
        held: rules.memory ? { memory: guest.memoryMb } : {},
        movable: true,
        moveSeconds: migrationSeconds(guest),
        ...(moved !== undefined && { movedMs: moved }),
      };
    });
    const situation = { nowMs, ...hostsOf(view), machines, recentMovesMs };
    const { moves } = planBalance(situation, settings);
    for (const { machine } of moves) movedMs.set(machine, nowMs);
    recentMovesMs = [...recentMovesMs.filter((atMs) => atMs > nowMs - 3_600_000), ...moves.map(() => nowMs)];
    return moves.map(({ machine, to }) => ({ guest: machine, to }));
  };
}

/** Servers without guests are off. A guest of one core runs where a core is fast enough for what it wants. */
function hostsOf(view: View): Pick<Situation, 'hosts' | 'allows'> {
  const busy = new Set(view.where);
  return {
    hosts: view.servers.map(({ type, mips }, index) => ({
      name: String(index),
      power: busy.has(index) ? 'on' : 'off',
      open: true,
      essential: false,
      capacity: { cpu: mips, memory: type.memoryMb },
      watts: type.watts,
    })),
    allows: (machine, host) => {
      const core = view.servers[host]?.type.mips ?? 0;
      const wanted = view.wanted(machine);
      // It goes only where it has twice the core that it wants now, and leaves when it wants more than one.
      return view.where[machine] === host
        ? wanted <= core
        : (view.guests[machine]?.mips ?? 0) <= core || wanted <= core / 2;
    },
  };
}
