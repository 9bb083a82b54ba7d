import type { Pod, Stored } from '@godwit/kinds';
import type { ContainerFacts } from '../container-driver.ts';

/** What every container says of itself, so that it can be adopted without a record. Kubernetes' own keys. */
export interface ContainerLabels {
  readonly podUid: string;
  readonly podNamespace: string;
  readonly podName: string;
  readonly container: string;
  readonly attempt: number;
  readonly image: string;
}

const keys = {
  podUid: 'io.kubernetes.pod.uid',
  podNamespace: 'io.kubernetes.pod.namespace',
  podName: 'io.kubernetes.pod.name',
  container: 'io.kubernetes.container.name',
  attempt: 'io.kubernetes.container.restartCount',
  image: 'godwit.dev/image',
} as const;

export function labelsFor(pod: Stored<Pod>, container: string, attempt: number, image: string): Record<string, string> {
  return {
    [keys.podUid]: pod.metadata.uid,
    [keys.podNamespace]: pod.metadata.namespace ?? '',
    [keys.podName]: pod.metadata.name,
    [keys.container]: container,
    [keys.attempt]: String(attempt),
    [keys.image]: image,
  };
}

export function containerLabels(facts: Pick<ContainerFacts, 'labels'>): ContainerLabels {
  const label = (key: keyof typeof keys): string => facts.labels[keys[key]] ?? '';
  return {
    podUid: label('podUid'),
    podNamespace: label('podNamespace'),
    podName: label('podName'),
    container: label('container'),
    attempt: Number(label('attempt')) || 0,
    image: label('image'),
  };
}

/** The name of a container in the engine: unique on the host, the same after a crash. */
export function containerName(podUid: string, container: string, attempt: number): string {
  return `godwit_${container}_${podUid}_${attempt}`;
}
