import type { Node } from '../node.ts';
import type { ElasticPolicy } from './elastic-policy.ts';

/**
 * Annotation of a Node in which its agent says for which Services its load balancer holds requests because no machine
 * serves them: a JSON array of `namespace/name`. Policies that let their target sleep are woken by it.
 */
export const waitingServicesAnnotation = 'network.godwit.dev/waiting-services';

/** Services as `namespace/name` for which requests wait at the load balancer of a host. */
export function waitingServices({ metadata }: Pick<Node, 'metadata'>): readonly string[] {
  const text = metadata.annotations?.[waitingServicesAnnotation];
  if (text === undefined) return [];
  try {
    const found: unknown = JSON.parse(text);
    return Array.isArray(found) ? found.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
}

/**
 * Services whose requests are held while no machine serves them, because they wake what sleeps: those that the metrics of a
 * policy name whose target may have no machines, always or at times.
 */
export function wakingServices({ metadata, spec }: Pick<ElasticPolicy, 'metadata' | 'spec'>): readonly string[] {
  const { out, schedules = [], metrics } = spec;
  const sleeps = out?.minReplicas === 0 || schedules.some(({ minReplicas }) => minReplicas === 0);
  if (!sleeps) return [];
  return [...new Set(metrics.flatMap(({ service }) => (service ? [`${metadata.namespace}/${service}`] : [])))];
}
