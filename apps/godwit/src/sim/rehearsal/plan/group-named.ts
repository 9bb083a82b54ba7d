import { Failure } from '@godwit/base';
import type { PlannedGroup } from './plan.ts';

const MOST_NAMES = 12;

/**
 * The group that a name means. Throws `no-such-machines`, with the largest that there are.
 * @param path where the name stands
 */
export function groupNamed(name: string, groups: readonly PlannedGroup[], path?: string): PlannedGroup {
  const found = groups.find((group) => group.name === name);
  if (found) return found;
  const names = groups.toSorted((a, b) => b.count - a.count).map((group) => group.name);
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  const there = names.length === 0 ? 'none' : `${names.slice(0, MOST_NAMES).join(', ')}${more}`;
  const where = path === undefined ? '' : `${path}: `;
  throw new Failure('no-such-machines', `${where}there are no machines ${name}; there are ${there}`);
}
