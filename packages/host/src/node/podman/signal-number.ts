import { constants } from 'node:os';
import { Failure } from '@godwit/base';

const numbers = new Map<string, number>(Object.entries(constants.signals));
const FIRST_REALTIME = 34;
const LAST_REALTIME = 64;

/**
 * The number of a signal given as `SIGTERM`, `TERM`, `15` or `SIGRTMIN+3`.
 * @throws Failure `unknown-signal`
 */
export function signalNumber(name: string): number {
  if (/^\d+$/.test(name)) return Number(name);
  const full = name.toUpperCase().startsWith('SIG') ? name.toUpperCase() : `SIG${name.toUpperCase()}`;
  const realtime = /^SIGRT(MIN|MAX)(?:([+-])(\d+))?$/.exec(full);
  if (realtime) {
    const base = realtime[1] === 'MIN' ? FIRST_REALTIME : LAST_REALTIME;
    return base + (realtime[2] === '-' ? -1 : 1) * Number(realtime[3] ?? 0);
  }
  const number = numbers.get(full);
  if (number === undefined) throw new Failure('unknown-signal', `there is no signal ${name}`);
  return number;
}
