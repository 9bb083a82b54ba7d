import { Failure } from '@godwit/base';
import { durationMs, type ScenarioEvent } from '@godwit/kinds';
import type { HostFacts } from '../cloud/index.ts';
import { groupNamed } from './group-named.ts';
import { hostsAt } from './places.ts';
import type { PlannedGroup } from './plan.ts';

export interface PlannedEvent {
  readonly atMs: number;
  /** Undefined: to the end. */
  readonly untilMs: number | undefined;
  readonly event: ScenarioEvent;
  /** Hosts that are lost or emptied. */
  readonly hosts: readonly string[];
}

/**
 * What happens, in order. Throws `no-such-place`, `no-such-machines` and `contradictory-events`, with where it stands.
 */
export function eventsOf(
  given: readonly ScenarioEvent[],
  hosts: readonly HostFacts[],
  groups: readonly PlannedGroup[],
): readonly PlannedEvent[] {
  const events = given.map((event, index) => eventOf(event, `spec.events[${index}]`, hosts, groups));
  events.forEach((event, index) => assertPossible(event, index, events));
  return events.toSorted((a, b) => a.atMs - b.atMs);
}

function eventOf(
  event: ScenarioEvent,
  path: string,
  hosts: readonly HostFacts[],
  groups: readonly PlannedGroup[],
): PlannedEvent {
  const atMs = durationMs(event.at) ?? 0;
  const { lose, maintain, add, remove } = event;
  for (const [name, change] of Object.entries({ add, remove })) {
    if (change) assertMachines(change.machines, `${path}.${name}.machines`, groups);
  }
  const affected = lose
    ? hostsAt(lose, hosts, `${path}.lose`)
    : maintain
      ? hostsAt(maintain, hosts, `${path}.maintain`)
      : [];
  const lastsMs = event.for === undefined ? undefined : durationMs(event.for);
  return { atMs, untilMs: lastsMs === undefined ? undefined : atMs + lastsMs, event, hosts: affected };
}

function assertMachines(wanted: string, path: string, groups: readonly PlannedGroup[]): void {
  if (groupNamed(wanted, groups, path).scaling)
    throw new Failure(
      'no-such-machines',
      `${path}: the number of ${wanted} is that of an autoscaler, nobody else orders them`,
    );
}

/** What is lost already cannot be lost again, and not be maintained, until it is back. */
function assertPossible(
  { atMs, untilMs = Number.POSITIVE_INFINITY, event, hosts }: PlannedEvent,
  index: number,
  all: readonly PlannedEvent[],
): void {
  const own = new Set(hosts);
  all.slice(0, index).forEach((other, before) => {
    const shared = other.hosts.find((host) => own.has(host));
    const { untilMs: otherUntilMs = Number.POSITIVE_INFINITY } = other;
    if (shared === undefined || other.atMs >= untilMs || atMs >= otherUntilMs) return;
    const [name, otherName] = [event, other.event].map(({ lose }) => (lose ? 'lost' : 'maintained'));
    throw new Failure(
      'contradictory-events',
      `spec.events[${index}]: ${shared} is ${name} while it is ${otherName} by spec.events[${before}]; let one end before the other begins (for)`,
    );
  });
}
