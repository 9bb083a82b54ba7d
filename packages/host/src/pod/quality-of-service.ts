import { type Container, type Pod, parseQuantity } from '@godwit/kinds';

export type QualityOfService = 'Guaranteed' | 'Burstable' | 'BestEffort';

const counted = ['cpu', 'memory'] as const;

/**
 * How firmly a pod's resources are set aside, by Kubernetes' rules: nothing asked is BestEffort; limits for
 * cpu and memory everywhere, equal to the requests, is Guaranteed; the rest is Burstable.
 */
export function qualityOfService(pod: Pod): QualityOfService {
  const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  const asked = containers.some(({ resources }) =>
    counted.some((name) => amount(resources?.requests?.[name]) > 0 || amount(resources?.limits?.[name]) > 0),
  );
  if (!asked) return 'BestEffort';
  return containers.every(isGuaranteed) ? 'Guaranteed' : 'Burstable';
}

function isGuaranteed({ resources }: Container): boolean {
  return counted.every((name) => {
    const limit = amount(resources?.limits?.[name]);
    const request = resources?.requests?.[name];
    return limit > 0 && (request === undefined || amount(request) === limit);
  });
}

const amount = (quantity: string | number | undefined): number => parseQuantity(quantity) ?? 0;

/** Who is killed first when the host runs out of memory: Kubernetes' own table. */
export function oomScoreAdjust(pod: Pod, container: Container, hostMemoryBytes: number): number {
  const quality = qualityOfService(pod);
  if (quality === 'Guaranteed') return -997;
  if (quality === 'BestEffort') return 1000;
  const request = amount(container.resources?.requests?.memory ?? container.resources?.limits?.memory);
  return Math.min(999, Math.max(3, Math.floor(1000 - (1000 * request) / hostMemoryBytes)));
}
