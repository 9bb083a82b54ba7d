import { type PowerCurve, wattsAt } from '../power/index.ts';
import type { Score } from './score.ts';

/** What a host draws that has not said, in watts: half of the most when idle, as common servers do. */
const COMMON: PowerCurve = [100, 200];
/** So many watts more make a host half as good. */
const HALVING_WATTS = 50;

/** How few watts more does it take with the machine on it? An empty host can sleep: waking it costs what it draws idle. */
export const savesEnergy: Score = {
  weight: 'savesEnergy',
  prepare({ amounts }, snapshot) {
    const { capacity, used } = snapshot.columns('cpu');
    const pods = snapshot.columns('pods').used;
    const needed = amounts.cpu ?? 0;
    return (row) => {
      const curve = snapshot.hosts[row]?.watts ?? COMMON;
      const whole = capacity.values[row] || 1;
      const before = used.values[row] ?? 0;
      const sleeps = before === 0 && (pods.values[row] ?? 0) === 0;
      const more = wattsAt(curve, (before + needed) / whole) - (sleeps ? 0 : wattsAt(curve, before / whole));
      return 1 / (1 + Math.max(0, more) / HALVING_WATTS);
    };
  },
};
