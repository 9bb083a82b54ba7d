import type { Host } from './host.ts';

/** The hosts by the value of one label: zones, racks, or the hosts themselves. Void when hosts change. */
export class Topology {
  /** By row; undefined where the host lacks the label. */
  readonly placeOf: readonly (string | undefined)[];
  readonly places: ReadonlySet<string>;
  /** Whether no two hosts share a place, as with the host's own name. */
  readonly isUnique: boolean;
  readonly #some = new Map<string, ReadonlySet<string>>();
  #rows: Map<string, number[]> | undefined;

  constructor(hosts: readonly (Host | undefined)[], key: string) {
    this.placeOf = hosts.map((host) => host?.labels[key]);
    const named = this.placeOf.filter((place) => place !== undefined);
    this.places = new Set(named);
    this.isUnique = this.places.size === named.length;
  }

  /** The rows of the hosts in a place, ascending. */
  rowsIn(place: string): readonly number[] {
    this.#rows ??= rowsByPlace(this.placeOf);
    return this.#rows.get(place) ?? NONE;
  }

  /** The places with a host that `holds`; `question` is the same where `holds` is. */
  placesWhere(question: string, holds: (row: number) => boolean): ReadonlySet<string> {
    let places = this.#some.get(question);
    if (!places) {
      places = new Set(this.placeOf.filter((place, row) => place !== undefined && holds(row)) as string[]);
      this.#some.set(question, places);
    }
    return places;
  }
}

const NONE: readonly number[] = [];

function rowsByPlace(placeOf: readonly (string | undefined)[]): Map<string, number[]> {
  const rows = new Map<string, number[]>();
  placeOf.forEach((place, row) => {
    if (place === undefined) return;
    const others = rows.get(place);
    if (others) others.push(row);
    else rows.set(place, [row]);
  });
  return rows;
}
