import {
  type ElasticPolicy,
  elasticPolicy,
  type HorizontalPodAutoscaler,
  horizontalPodAutoscaler,
  type KubeObject,
} from '@godwit/kinds';

/** An autoscaler of a cloud that goes, also, by what a rehearsal of it does not know. */
export interface Unheard {
  /** `kind namespace/name`. */
  readonly scaler: string;
  /** Of its metrics, the kinds of which nothing is known. */
  readonly metrics: readonly string[];
}

/** What is known of machines that were taken over. */
const KNOWN: readonly string[] = ['cpu', 'memory', 'Resource', 'ContainerResource'];

/** The autoscalers that hear nothing of some of their metrics, in their order. */
export function unheardOf(objects: readonly KubeObject[]): readonly Unheard[] {
  return objects.flatMap((object) => {
    const { kind, metadata } = object;
    const metrics = [...new Set(metricTypes(object))].filter((type) => !KNOWN.includes(type));
    return metrics.length === 0 ? [] : [{ scaler: `${kind} ${metadata.namespace}/${metadata.name}`, metrics }];
  });
}

function metricTypes(object: KubeObject): readonly string[] {
  if (object.kind === elasticPolicy.kind) return (object as ElasticPolicy).spec.metrics.map(({ type }) => type);
  if (object.kind !== horizontalPodAutoscaler.kind) return [];
  return ((object as HorizontalPodAutoscaler).spec.metrics ?? []).map(({ type }) => type);
}
