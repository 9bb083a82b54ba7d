import { SeededRandom } from '@godwit/base';
import { type MachineRequest, type Policy, packPolicy, place, Snapshot } from '@godwit/planner';
import type { Plan } from '../plan/index.ts';

export interface Fewest {
  /** Hosts that would do, with the reserve: more than there are where even all of them do not. */
  readonly hosts: number;
  readonly reserve: number;
  /** Fewer than this cannot be: by what is asked of the scarcest resource. */
  readonly least: number;
  readonly of: number;
}

/** How few of the hosts would do for what runs, the largest hosts first and machines packed, the largest first. */
export function fewestHosts({ seed, reserveHosts }: Plan, snapshot: Snapshot, { overcommit }: Policy): Fewest {
  const hosts = snapshot.hosts
    .filter((host) => host !== undefined)
    .toSorted((a, b) => size(b.capacity) - size(a.capacity) || (a.name < b.name ? -1 : 1));
  const requests = [...snapshot.machines.values()]
    .map(({ request }) => request)
    .toSorted((a, b) => size(b.amounts) - size(a.amounts));
  const random = new SeededRandom(seed);
  const policy: Policy = { ...packPolicy, ...(overcommit && { overcommit }) };
  const trial = new Snapshot();
  let used = 0;
  let waiting: readonly MachineRequest[] = requests;
  const least = leastHosts(requests, hosts, overcommit);
  while (used < least) trial.setHost(ready(hosts[used++] as (typeof hosts)[number]));
  for (;;) {
    waiting = place(trial, waiting, policy, random).refusals.map(({ request }) => request);
    if (waiting.length === 0 || used >= hosts.length) break;
    // Some at once, as many as the rest needs at least: one by one would take long where there are many.
    const more = Math.max(1, leastHosts(waiting, hosts.slice(used), overcommit));
    for (let count = 0; count < more && used < hosts.length; count++)
      trial.setHost(ready(hosts[used++] as (typeof hosts)[number]));
  }
  return { hosts: used + reserveHosts, reserve: reserveHosts, least, of: hosts.length };
}

function ready<T>(host: T): T & { readonly ready: true; readonly schedulable: true; readonly taints: readonly [] } {
  return { ...host, asleep: false, ready: true, schedulable: true, taints: [] };
}

interface Sized {
  readonly [resource: string]: number;
}

/** Memory and processors on one scale: a core weighs as four gibibytes. */
function size({ cpu = 0, memory = 0 }: Sized): number {
  return cpu / 1000 + memory / 2 ** 32;
}

/** How many of the hosts, in their order, have together what is asked. */
function leastHosts(
  requests: readonly { readonly amounts: Sized }[],
  hosts: readonly { readonly capacity: Sized }[],
  overcommit: Sized = {},
): number {
  let most = 0;
  for (const resource of ['cpu', 'memory', 'pods']) {
    let left = requests.reduce((sum, { amounts }) => sum + (amounts[resource] ?? 0), 0);
    let count = 0;
    while (left > 0 && count < hosts.length)
      left -= (hosts[count++]?.capacity[resource] ?? 0) * (overcommit[resource] ?? 1);
    most = Math.max(most, count);
  }
  return most;
}
