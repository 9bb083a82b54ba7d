/** The machines that another one must be near to, or far from: who they are, and which places they mean. */
import type { LabelSelector, PodAffinityTerm } from '@godwit/kinds';
import type { MachineRequest } from '../request/machine-request.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { type PlaceCounts, requiredAffinity, requiredAntiAffinity } from '../terms/index.ts';

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

/** Machines in the place of this host that the machine must be far from. */
export function foesNear(row: number, snapshot: Snapshot, request: MachineRequest): readonly MachineRequest[] {
  return requiredAntiAffinity(request).flatMap((term) => {
    const { matches } = snapshot.terms.of(term, request).term;
    return machinesNear(row, term.topologyKey, snapshot).filter(matches);
  });
}

/** Machines in the place of this host that must be far from the machine. */
export function keepersNear(row: number, snapshot: Snapshot, request: MachineRequest): readonly MachineRequest[] {
  return snapshot.terms
    .keepingAway(request)
    .flatMap(({ term: { id, topologyKey } }) =>
      machinesNear(row, topologyKey, snapshot).filter((machine) =>
        requiredAntiAffinity(machine).some((term) => snapshot.terms.of(term, machine).term.id === id),
      ),
    );
}

function machinesNear(row: number, topologyKey: string, snapshot: Snapshot): readonly MachineRequest[] {
  const place = snapshot.hosts[row]?.labels[topologyKey];
  if (place === undefined) return [];
  const rows = snapshot.topology(topologyKey).rowsIn(place);
  return rows.flatMap((each) => snapshot.machinesOn(each).map(({ request }) => request));
}

function isIn({ byPlace }: PlaceCounts, place: string | undefined): boolean {
  return place !== undefined && byPlace.has(place);
}

/** `app=db`, `any machine`; with its namespace where the term names another. */
export function meantInWords({ labelSelector, namespaces, namespaceSelector }: PodAffinityTerm): string {
  const others = namespaces?.length ? ` of namespace ${namespaces.join(' or ')}` : '';
  const where = namespaceSelector ? ' of the namespaces that it selects' : others;
  return `${selectorInWords(labelSelector)}${where}`;
}

export function selectorInWords(selector: LabelSelector | undefined): string {
  const plain = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const rules = (selector?.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `no ${key}`;
    return `${key} ${operator === 'In' ? 'in' : 'not in'} (${values.join(', ')})`;
  });
  const all = [...plain, ...rules];
  return all.length > 0 ? all.join(', ') : 'any labels';
}
