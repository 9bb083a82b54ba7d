import { matcherOfTerm } from '../filters/node-terms.ts';
import type { MachineRequest } from '../request/machine-request.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { HostScore } from './score.ts';

/** A wish about a host by itself. */
export interface HostWish {
  readonly weight: number;
  /** How much of it a host fulfils, from 0 to 1. */
  readonly fulfils: HostScore;
}

/** What hosts a machine would like: its preferred node affinity. */
export function hostWishes(request: MachineRequest, snapshot: Snapshot): HostWish[] {
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
