import { type Node, type Stored, sleepOf } from '@godwit/kinds';
import { type ActionRecord, decisionAnnotation, isAction, parseRecords } from '@godwit/planner';
import { isInstance, type Machine } from '../../scheduler/schedulable-machine.ts';
import { idOf } from '../machine.ts';
import type { Moment } from '../moment.ts';
import { COMPONENT } from '../words.ts';

/** What the API tells of the past, on the clock of this process. */
export interface Recorded {
  /** When machines began to move the last time, whoever wanted it. */
  readonly movedMs: ReadonlyMap<string, number>;
  /** Moves of one policy. */
  readonly movesMs: readonly number[];
  /** Hosts that wake, and since when. */
  readonly wakingMs: ReadonlyMap<string, number>;
}

/**
 * Reads from objects what need not be kept, as it stands in them: the records of what was decided, and the state of
 * moves. Pods are told nothing of: one that was moved is gone, with what stood in it. Pure.
 * @param policy its name
 */
export function recorded(
  { machines, nodes }: { readonly machines: readonly Machine[]; readonly nodes: readonly Stored<Node>[] },
  policy: string,
  now: Moment,
): Recorded {
  const movedMs = new Map<string, number>();
  const movesMs: number[] = [];
  // What is said to come is taken for now: the wall clock was set back.
  const sinceMs = (wallMs: number) => now.monotonicMs - Math.max(0, now.wallMs - wallMs);
  for (const machine of machines) {
    if (!isInstance(machine)) continue;
    const moves = actionsOf(machine, 'move');
    const began = Date.parse(machine.status?.migrationState?.startTimestamp ?? '');
    const last = Math.max(...moves.map(({ at }) => at * 1000), ...(Number.isNaN(began) ? [] : [began]));
    if (Number.isFinite(last)) movedMs.set(idOf(machine), sinceMs(last));
    const own = moves.filter((one) => one.by === COMPONENT && one.policy === policy);
    movesMs.push(...own.map(({ at }) => sinceMs(at * 1000)));
  }
  const wakingMs = new Map<string, number>();
  for (const node of nodes) {
    if (sleepOf(node) !== 'waking') continue;
    const [last] = actionsOf(node, 'power');
    wakingMs.set(node.metadata.name, sinceMs(last ? last.at * 1000 : now.wallMs));
  }
  return { movedMs, movesMs, wakingMs };
}

function actionsOf({ metadata }: Machine | Stored<Node>, what: ActionRecord['do']): readonly ActionRecord[] {
  const text = metadata.annotations?.[decisionAnnotation];
  // Most have none: a record need not be read to see that it is of something else.
  if (!text?.includes(`"do":"${what}"`)) return [];
  return parseRecords(text)
    .filter(isAction)
    .filter(({ do: action, at }) => action === what && Number.isFinite(at));
}
