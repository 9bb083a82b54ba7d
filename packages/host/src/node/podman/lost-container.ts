import { readFile } from 'node:fs/promises';
import type { ContainerFacts } from '../../container-driver.ts';
import type { PodmanInspection } from './container-facts.ts';

/** Exit code of a program that was killed: 128 and the number of SIGKILL. */
const KILLED = 137;

/**
 * Whether nothing is left of a container that the engine believes to run. Podman hears of an end from conmon alone:
 * when that was killed too (by hand, or for want of memory), it goes on reporting the container as running for ever.
 */
export async function isLost({ Id, State }: PodmanInspection): Promise<boolean> {
  if (!State.Running) return false;
  // Process ids are used again, so each must still be about this container.
  const [programRuns, monitorRuns] = await Promise.all([
    mentions(`/proc/${State.Pid}/cgroup`, Id),
    mentions(`/proc/${State.ConmonPid}/cmdline`, Id),
  ]);
  return !programRuns && !monitorRuns;
}

/** What is to be made of such a container: when it ended nobody knows. */
export function lostFacts(facts: ContainerFacts): ContainerFacts {
  return { ...facts, state: 'exited', exitCode: KILLED, error: 'the container and its monitor were killed' };
}

async function mentions(path: string, id: string): Promise<boolean> {
  try {
    return (await readFile(path, 'utf8')).includes(id);
  } catch {
    return false;
  }
}
