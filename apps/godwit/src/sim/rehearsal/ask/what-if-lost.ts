import { SeededRandom } from '@godwit/base';
import type { Policy, Snapshot } from '@godwit/planner';
import { allAwake, heaviestHosts, homelessWithout } from '../measure/index.ts';
import { type Plan, rackLabel, zoneLabel } from '../plan/index.ts';

export interface Lost {
  readonly kind: 'host' | 'rack' | 'zone';
  readonly name: string;
  readonly hosts: number;
  readonly machines: number;
  /** Machines that would find no other host, even when all that sleep are woken. */
  readonly homeless: number;
  /** Machines that would have to wait for hosts that are woken. */
  readonly waiting: number;
}

/** Racks and zones that are tried, each kind by itself. */
const MOST_PLACES = 24;
const HOSTS = 3;

/** What the loss of each rack and zone, and of the heaviest hosts, would do. Hardest first. */
export function whatIfLost({ seed }: Plan, snapshot: Snapshot, policy: Policy): readonly Lost[] {
  const trial = snapshot.copy();
  const random = new SeededRandom(seed);
  const tries = [
    ...heaviestHosts(trial, HOSTS).map((name) => ({ kind: 'host' as const, name, hosts: [name] })),
    ...placesBy(trial, rackLabel, 'rack'),
    ...placesBy(trial, zoneLabel, 'zone'),
  ];
  const answers = tries.map(({ kind, name, hosts }): Lost => {
    const machines = hosts.reduce((sum, host) => sum + trial.machinesOn(trial.rowOf(host) ?? -1).length, 0);
    const now = homelessWithout(trial, hosts, policy, random);
    const homeless = now === 0 ? 0 : allAwake(trial, () => homelessWithout(trial, hosts, policy, random));
    return { kind, name, hosts: hosts.length, machines, homeless, waiting: Math.max(0, now - homeless) };
  });
  return answers.toSorted((a, b) => b.homeless - a.homeless || b.waiting - a.waiting || b.machines - a.machines);
}

function placesBy(snapshot: Snapshot, label: string, kind: Lost['kind']) {
  const places = new Map<string, string[]>();
  for (const host of snapshot.hosts) {
    const name = host?.labels[label];
    if (!host || name === undefined) continue;
    const known = places.get(name);
    if (known) known.push(host.name);
    else places.set(name, [host.name]);
  }
  if (places.size < 2) return [];
  return [...places].slice(0, MOST_PLACES).map(([name, hosts]) => ({ kind, name, hosts }));
}
