import { Failure } from '@godwit/base';
import type { ScenarioEvent } from '@godwit/kinds';
import type { HostFacts } from '../cloud/index.ts';

export type Place = NonNullable<ScenarioEvent['lose']>;

export const rackLabel = 'topology.godwit.dev/rack';
export const zoneLabel = 'topology.kubernetes.io/zone';

/** Most names that a message lists. */
const MOST_NAMES = 12;

type Located = Pick<HostFacts, 'name' | 'labels'>;

const NAME_OF: Readonly<Record<keyof Place, (host: Located) => string | undefined>> = {
  host: ({ name }) => name,
  rack: ({ labels }) => labels[rackLabel],
  zone: ({ labels }) => labels[zoneLabel],
};
const KINDS = ['host', 'rack', 'zone'] as const;

/**
 * The hosts of a place. Throws `no-such-place`, with the places that there are.
 * @param path where the place is named
 */
export function hostsAt(place: Place, hosts: readonly Located[], path: string): readonly string[] {
  const kind = KINDS.find((each) => place[each] !== undefined) ?? 'host';
  const wanted = place[kind] ?? '';
  const found = hosts.filter((host) => NAME_OF[kind](host) === wanted).map(({ name }) => name);
  if (found.length > 0) return found;
  throw new Failure('no-such-place', `${path}.${kind}: there is no ${kind} ${wanted}; ${listed(kind, hosts)}`);
}

/** Which place a name means: `rack-3`, or `rack=3` where a host is called so too. Throws `no-such-place`. */
export function placeCalled(name: string, hosts: readonly Located[]): Place {
  const [first = '', rest] = name.split('=', 2);
  const said = KINDS.find((kind) => kind === first && rest !== undefined);
  const wanted = said ? (rest ?? '') : name;
  const kinds = (said ? [said] : KINDS).filter((kind) => hosts.some((host) => NAME_OF[kind](host) === wanted));
  const [kind, other] = kinds;
  if (kind === undefined) {
    const there = (said ? [said] : KINDS).map((each) => listed(each, hosts)).join('; ');
    throw new Failure('no-such-place', `there is no ${said ?? 'host, rack or zone'} ${wanted}; ${there}`);
  }
  if (other !== undefined)
    throw new Failure(
      'no-such-place',
      `${wanted} is a ${kind} and a ${other}: say ${kind}=${wanted} or ${other}=${wanted}`,
    );
  return { [kind]: wanted };
}

function listed(kind: keyof Place, hosts: readonly Located[]): string {
  const names = [...new Set(hosts.map(NAME_OF[kind]).filter((name) => name !== undefined))].toSorted(byNumber);
  if (names.length === 0) return `no host has a ${kind}`;
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  return `${kind}s are ${names.slice(0, MOST_NAMES).join(', ')}${more}`;
}

const byNumber = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });
