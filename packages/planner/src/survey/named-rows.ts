import type { NodeSelector, NodeSelectorTerm } from '@godwit/kinds';
import { type Reason, reasons } from '../reason.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Question } from './question.ts';

/** The only hosts that could do, and why the others do not. */
export interface NamedRows {
  readonly rows: readonly number[];
  readonly reason: Reason;
}

/**
 * The fewest hosts that a question itself names as the only ones: by a label that it selects, a local volume, or
 * machines that must be on the same host. Undefined where it names none, or more than `most`.
 */
export function namedRows({ snapshot, request, own }: Question, most: number): NamedRows | undefined {
  const found: NamedRows[] = [];
  const add = (rows: readonly number[] | undefined, reason: Reason) => rows && found.push({ rows, reason });
  for (const key in request.nodeSelector) {
    add(snapshot.topology(key).rowsIn(request.nodeSelector[key] ?? ''), reasons.selectorDoesNotMatch);
  }
  const required = request.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  add(rowsOfSelector(required, snapshot, most), reasons.selectorDoesNotMatch);
  for (const { hosts } of request.volumes) add(rowsOfSelector(hosts, snapshot, most), reasons.doesNotReachVolume);
  for (const { key, within } of own.tests) {
    if (!within || within.size > most) continue;
    const topology = snapshot.topology(key);
    add(
      [...within.keys()].flatMap((place) => topology.rowsIn(place)),
      reasons.hasNoFriends,
    );
  }
  const [fewest] = found.toSorted((a, b) => a.rows.length - b.rows.length);
  return fewest && fewest.rows.length <= most ? fewest : undefined;
}

/** All hosts that the terms could match, where each of them says so by name; terms are joined by or. */
function rowsOfSelector(
  selector: NodeSelector | undefined,
  snapshot: Snapshot,
  most: number,
): readonly number[] | undefined {
  if (!selector) return undefined;
  const rows = new Set<number>();
  for (const term of selector.nodeSelectorTerms) {
    const some = rowsOfTerm(term, snapshot, most);
    if (!some) return undefined;
    for (const row of some) rows.add(row);
  }
  return [...rows].toSorted((a, b) => a - b);
}

function rowsOfTerm(
  { matchExpressions = [], matchFields = [] }: NodeSelectorTerm,
  snapshot: Snapshot,
  most: number,
): readonly number[] | undefined {
  const [name] = matchFields.filter(({ key, operator }) => key === 'metadata.name' && operator === 'In');
  if (name) {
    return (name.values ?? []).flatMap((host) => snapshot.rowOf(host) ?? []);
  }
  for (const { key, operator, values = [] } of matchExpressions) {
    if (operator !== 'In' || values.length > most) continue;
    const topology = snapshot.topology(key);
    const rows = values.flatMap((value) => topology.rowsIn(value));
    if (rows.length <= most) return rows;
  }
  return undefined;
}
