import type { ContainerUsage } from '../container-driver.ts';
import type { MachineReading } from '../metrics/index.ts';
import type { PodState } from './pod-state.ts';

/** What the containers of a pod that run have used; undefined when none does. `usage` is by container id. */
export function podReading(
  uid: string,
  { pod, containers }: PodState,
  usage: ReadonlyMap<string, ContainerUsage>,
): MachineReading | undefined {
  if (!pod) return undefined;
  const parts = Object.entries(containers).flatMap(([name, { phase, id }]) => {
    const used = phase === 'running' && id !== undefined ? usage.get(id) : undefined;
    if (!used || id === undefined) return [];
    const { cpuNanoseconds, workingSetBytes: memoryBytes } = used;
    return [{ name, run: id, cpuSeconds: cpuNanoseconds / 1e9, memoryBytes }];
  });
  if (parts.length === 0) return undefined;
  const { namespace = '', name } = pod.metadata;
  return { machine: { kind: 'Pod', namespace, name, uid }, parts };
}
