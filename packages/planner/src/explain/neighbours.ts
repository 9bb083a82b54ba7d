/** The machines that another one must be near to, or far from: who they are, and which places they mean. */
import type { PodAffinityTerm } from '@godwit/kinds';
import type { MachineRequest } from '../request/machine-request.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { type PlaceCounts, requiredAffinity, requiredAntiAffinity, termIdOf } from '../terms/index.ts';
import { rulesOfSelector } from './label-rules.ts';
import type { Meant } from './why-refused.ts';

/** A rule about neighbours, and where the machines are that it means. */
export interface Neighbours {
  readonly term: PodAffinityTerm;
  readonly counts: PlaceCounts;
}

export interface MissingTopologyKeys {
  readonly spread: readonly string[];
  readonly affinity: readonly string[];
}

/** Labels that a host lacks, and without which nobody knows in which place it is. */
export function missingTopologyKeys(row: number, snapshot: Snapshot, request: MachineRequest): MissingTopologyKeys {
  const labels = snapshot.hosts[row]?.labels ?? {};
  const missing = (keys: readonly string[]) => [...new Set(keys)].filter((key) => labels[key] === undefined);
  const required = request.spread.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule');
  return {
    spread: missing(required.map(({ topologyKey }) => topologyKey)),
    affinity: missing(requiredAffinity(request).map(({ topologyKey }) => topologyKey)),
  };
}

/** What the machine must be near to, and is not on this host; also where nobody knows in which place the host is. */
export function missingFriends(row: number, snapshot: Snapshot, request: MachineRequest): readonly Neighbours[] {
  return requiredAffinity(request)
    .map((term) => ({ term, counts: snapshot.terms.of(term, request) }))
    .filter(({ counts }) => !isFirstOfGroup(counts, request))
    .filter(({ term, counts }) => !isIn(counts, snapshot.hosts[row]?.labels[term.topologyKey]));
}

/** The first of a group that must be near its own kind may go anywhere. */
export function isFirstOfGroup({ byPlace, term }: PlaceCounts, request: MachineRequest): boolean {
  return byPlace.size === 0 && term.matches(request);
}

/** Machines of one place that are in the way there. */
export interface Crowd {
  readonly term: PodAffinityTerm | undefined;
  readonly place: string;
  readonly count: number;
  /** Who they are; absent where the place is too large to look for them. */
  readonly machines?: readonly MachineRequest[];
}

/** Most hosts of a place on which machines are looked for: many may be refused at once. */
const MOST_SEARCHED = 64;

/** What is in the place of this host and the machine must be far from, rule by rule. */
export function foesNear(row: number, snapshot: Snapshot, request: MachineRequest): readonly Crowd[] {
  return requiredAntiAffinity(request).flatMap((term) => {
    const counts = snapshot.terms.of(term, request);
    return crowdIn(row, snapshot, counts, { term, isOne: counts.term.matches });
  });
}

/** What is in the place of this host and must be far from the machine. */
export function keepersNear(row: number, snapshot: Snapshot, request: MachineRequest): readonly Crowd[] {
  return snapshot.terms.keepingAway(request).flatMap((counts) => {
    const isOne = (machine: MachineRequest) =>
      requiredAntiAffinity(machine).some((term) => termIdOf(term, machine) === counts.term.id);
    return crowdIn(row, snapshot, counts, { term: undefined, isOne });
  });
}

interface Sought {
  readonly term: PodAffinityTerm | undefined;
  readonly isOne: (machine: MachineRequest) => boolean;
}

function crowdIn(row: number, snapshot: Snapshot, counts: PlaceCounts, { term, isOne }: Sought): readonly Crowd[] {
  const { topologyKey } = counts.term;
  const place = snapshot.hosts[row]?.labels[topologyKey];
  const count = place === undefined ? 0 : (counts.byPlace.get(place) ?? 0);
  if (place === undefined || count === 0) return [];
  const rows = snapshot.topology(topologyKey).rowsIn(place);
  if (rows.length > MOST_SEARCHED) return [{ term, place, count }];
  const there = rows.flatMap((each) => snapshot.machinesOn(each).map(({ request }) => request));
  return [{ term, place, count, machines: there.filter(isOne) }];
}

function isIn({ byPlace }: PlaceCounts, place: string | undefined): boolean {
  return place !== undefined && byPlace.has(place);
}

/** Which machines a term means. */
export function meantBy({ labelSelector, namespaces, namespaceSelector }: PodAffinityTerm): Meant {
  const where = namespaceSelector ? 'selected' : namespaces?.length ? namespaces : undefined;
  return { labels: rulesOfSelector(labelSelector), ...(where && { namespaces: where }) };
}
