import type { Random } from '@godwit/base';
import { place } from './place.ts';
import type { Policy } from './policy.ts';
import type { MachineRequest } from './request/machine-request.ts';
import { awake } from './snapshot/host.ts';
import type { Snapshot } from './snapshot/snapshot.ts';

/**
 * Names of sleeping hosts that would be given machines which wait, if all that can be woken were awake: by the same
 * questions and the same policy that place them. Machines that nothing would help wake nothing.
 */
export function hostsForWaiting(
  snapshot: Snapshot,
  sleepers: ReadonlySet<string>,
  waiting: readonly MachineRequest[],
  policy: Policy,
  random: Random,
): readonly string[] {
  const trial = snapshot.copy();
  for (const host of snapshot.hosts) if (host && sleepers.has(host.name)) trial.setHost(awake(host));
  const { placements } = place(trial, waiting, policy, random);
  return [...new Set(placements.map(({ host }) => host))].filter((host) => sleepers.has(host));
}
