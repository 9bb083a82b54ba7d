import type { Snapshot } from '../snapshot/snapshot.ts';

/** Hosts that are in the same place, whichever of the labels in question one looks at. */
export interface Group {
  /** The place, by label. */
  readonly places: readonly (string | undefined)[];
  /** Rows, ascending. */
  readonly rows: Int32Array;
}

/** All rows, in groups of those that share their places. */
export interface Grouping {
  readonly keys: readonly string[];
  readonly groups: readonly Group[];
  /** Which group a row is in, and at which position there. */
  readonly groupOf: Int32Array;
  readonly positionOf: Int32Array;
}

/** Groups by the given topology labels; without any, all hosts are one group. */
export function groupingOf(snapshot: Snapshot, keys: readonly string[]): Grouping {
  const topologies = keys.map((key) => snapshot.topology(key));
  const found = new Map<string, { readonly places: (string | undefined)[]; readonly rows: number[] }>();
  const groupOf = new Int32Array(snapshot.rowCount);
  const positionOf = new Int32Array(snapshot.rowCount);
  const order = new Map<string, number>();
  for (let row = 0; row < snapshot.rowCount; row++) {
    const places = topologies.map(({ placeOf }) => placeOf[row]);
    const name = JSON.stringify(places.map((place) => place ?? 0));
    let group = found.get(name);
    if (!group) {
      group = { places, rows: [] };
      order.set(name, found.size);
      found.set(name, group);
    }
    groupOf[row] = order.get(name) as number;
    positionOf[row] = group.rows.length;
    group.rows.push(row);
  }
  const groups = [...found.values()].map(({ places, rows }) => ({ places, rows: Int32Array.from(rows) }));
  return { keys, groups, groupOf, positionOf };
}

/** The position of the first row of a group from `row` on; 0 when there is none. */
export function positionFrom(rows: Int32Array, row: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle] as number) < row) low = middle + 1;
    else high = middle;
  }
  return low === rows.length ? 0 : low;
}
