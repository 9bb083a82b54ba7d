import type { Random } from '@godwit/base';
import { place } from './place.ts';
import type { Policy } from './policy.ts';
import type { MachineRequest } from './request/machine-request.ts';
import { awake } from './snapshot/host.ts';
import type { Snapshot } from './snapshot/snapshot.ts';

/** Names of hosts that do not run, but can. */
export interface Sleepers {
  /** Told to wake already, and not ready yet. */
  readonly waking: ReadonlySet<string>;
  readonly asleep: ReadonlySet<string>;
}

/**
 * Names of sleeping hosts that would be given machines which wait, if all of them were awake: by the same questions and
 * the same policy that place them. Machines that are served by hosts which wake already wake no others, and machines
 * that nothing would help wake none.
 */
export function hostsForWaiting(
  snapshot: Snapshot,
  { waking, asleep }: Sleepers,
  waiting: readonly MachineRequest[],
  policy: Policy,
  random: Random,
): readonly string[] {
  const trial = snapshot.copy();
  const wake = (names: ReadonlySet<string>) => {
    for (const host of snapshot.hosts) if (host && names.has(host.name)) trial.setHost(awake(host));
  };
  wake(waking);
  const left = place(trial, waiting, policy, random).refusals.map(({ request }) => request);
  if (left.length === 0) return [];
  wake(asleep);
  const { placements } = place(trial, left, policy, random);
  return [...new Set(placements.map(({ host }) => host))].filter((host) => asleep.has(host));
}
