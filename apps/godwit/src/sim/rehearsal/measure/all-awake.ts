import { awake, type Snapshot } from '@godwit/planner';

/** Asks something of a cloud as it would be if all that sleeps were awake. Leaves the snapshot as it was. */
export function allAwake<T>(snapshot: Snapshot, ask: () => T): T {
  const sleepers = snapshot.hosts.filter((host) => host?.asleep === true) as NonNullable<(typeof snapshot.hosts)[0]>[];
  for (const host of sleepers) snapshot.setHost(awake(host));
  try {
    return ask();
  } finally {
    for (const host of sleepers) snapshot.setHost(host);
  }
}

export const someSleep = (snapshot: Snapshot): boolean => snapshot.hosts.some((host) => host?.asleep === true);
