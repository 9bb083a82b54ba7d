import type { ScenarioSpec } from '@godwit/kinds';
import { type Place, placeCalled } from './places.ts';
import { hostsOf, type KnownCloud } from './plan.ts';

/** Which place of a scenario, and of the cloud that it is about, a name means. */
export function placeNamed(name: string, { hosts = [] }: ScenarioSpec, known: KnownCloud | undefined): Place {
  return placeCalled(name, [...(known?.hosts ?? []), ...hosts.flatMap(hostsOf)]);
}
