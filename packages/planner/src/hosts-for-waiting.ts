import type { Random } from '@godwit/base';
import { place } from './place.ts';
import type { Policy } from './policy.ts';
import type { MachineRequest } from './request/machine-request.ts';
import { awake, type Host } from './snapshot/host.ts';
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
 * that nothing would help wake none. Leaves the snapshot as it was.
 */
export function hostsForWaiting(
  snapshot: Snapshot,
  { waking, asleep }: Sleepers,
  waiting: readonly MachineRequest[],
  policy: Policy,
  random: Random,
): readonly string[] {
  const before = snapshot.hosts.filter((host) => host && (waking.has(host.name) || asleep.has(host.name))) as Host[];
  const wake = (names: ReadonlySet<string>) => {
    for (const host of before) if (names.has(host.name)) snapshot.setHost(awake(host));
  };
  wake(waking);
  const first = place(snapshot, waiting, policy, random);
  const left = first.refusals.map(({ request }) => request);
  wake(asleep);
  const { placements } = place(snapshot, left, policy, random);
  for (const { request } of [...first.placements, ...placements]) snapshot.remove(request.uid);
  for (const host of before) snapshot.setHost(host);
  return [...new Set(placements.map(({ host }) => host))].filter((host) => asleep.has(host));
}
