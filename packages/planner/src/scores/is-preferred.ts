import { countByPlace, matcherOfMachineTerm } from '../filters/machine-terms.ts';
import { matcherOfTerm } from '../filters/node-terms.ts';
import { matcherOfConstraint } from '../filters/spreads-evenly.ts';
import type { MachineRequest } from '../request/machine-request.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { HostScore, Score } from './score.ts';

/** A wish about hosts: how much of it a host fulfils, from -1 to 1, and how much it weighs. */
interface Wish {
  readonly weight: number;
  readonly fulfils: HostScore;
}

/** How well does the host fulfil what the machine would like: its preferred affinities and soft spreading? */
export const isPreferred: Score = {
  weight: 'isPreferred',
  prepare(request, snapshot) {
    const wishes = [
      ...hostWishes(request, snapshot),
      ...machineWishes(request, snapshot),
      ...spreadWishes(request, snapshot),
    ];
    let total = 0;
    for (const { weight } of wishes) total += weight;
    if (total === 0) return undefined;
    return (row) => {
      let sum = 0;
      for (const { weight, fulfils } of wishes) sum += weight * fulfils(row);
      return (sum / total + 1) / 2;
    };
  },
};

function hostWishes(request: MachineRequest, snapshot: Snapshot): Wish[] {
  const terms = request.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return terms.map(({ weight, preference }) => {
    const matches = matcherOfTerm(preference);
    return {
      weight,
      fulfils: (row) => {
        const host = snapshot.hosts[row];
        return host && matches(host) ? 1 : 0;
      },
    };
  });
}

function machineWishes(request: MachineRequest, snapshot: Snapshot): Wish[] {
  const { podAffinity, podAntiAffinity } = request.affinity ?? {};
  const signed = [
    { terms: podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [], sign: 1 },
    { terms: podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [], sign: -1 },
  ];
  return signed.flatMap(({ terms, sign }) =>
    terms.map(({ weight, podAffinityTerm: term }): Wish => {
      const counts = countByPlace(snapshot, term.topologyKey, matcherOfMachineTerm(term, request, snapshot));
      const most = Math.max(1, ...counts.values());
      return { weight, fulfils: (row) => (sign * countAt(snapshot, row, term.topologyKey, counts)) / most };
    }),
  );
}

function spreadWishes(request: MachineRequest, snapshot: Snapshot): Wish[] {
  const soft = request.spread.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'ScheduleAnyway');
  return soft.map((constraint): Wish => {
    const matches = matcherOfConstraint(constraint, request, snapshot);
    const counts = countByPlace(snapshot, constraint.topologyKey, matches);
    const most = Math.max(1, ...counts.values());
    return { weight: 100, fulfils: (row) => -countAt(snapshot, row, constraint.topologyKey, counts) / most };
  });
}

function countAt(snapshot: Snapshot, row: number, key: string, counts: ReadonlyMap<string, number>): number {
  const place = snapshot.hosts[row]?.labels[key];
  return place === undefined ? 0 : (counts.get(place) ?? 0);
}
