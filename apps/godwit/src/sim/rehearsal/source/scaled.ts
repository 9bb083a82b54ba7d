import {
  type ElasticPolicy,
  elasticPolicy,
  type HorizontalPodAutoscaler,
  horizontalPodAutoscaler,
  type KubeObject,
  type ScenarioAutoscale,
} from '@godwit/kinds';

/** An autoscaler of a cloud, and what it does. */
export interface Scaled {
  readonly uid: string;
  readonly scaler: ScenarioAutoscale;
}

interface Target {
  readonly kind: string;
  readonly name: string;
}

/** The autoscaler of each object that has one, by the uid of the object. */
export function scaledOf(objects: readonly KubeObject[]): ReadonlyMap<string, Scaled> {
  const targets = new Map(objects.map((object) => [nameOf(object.metadata.namespace, object.kind, object), object]));
  const scaled = new Map<string, Scaled>();
  const add = (scaler: KubeObject, { kind, name }: Target, how: ScenarioAutoscale): void => {
    const target = targets.get(nameOf(scaler.metadata.namespace, kind, { metadata: { name } }));
    if (target) scaled.set(target.metadata.uid ?? '', { uid: scaler.metadata.uid ?? '', scaler: how });
  };
  for (const object of objects) {
    if (object.kind === horizontalPodAutoscaler.kind) {
      const { scaleTargetRef, ...horizontal } = (object as HorizontalPodAutoscaler).spec;
      add(object, scaleTargetRef, { horizontal });
    } else if (object.kind === elasticPolicy.kind) {
      const { targetRef, ...elastic } = (object as ElasticPolicy).spec;
      add(object, targetRef, { elastic });
    }
  }
  return scaled;
}

const nameOf = (
  namespace: string | undefined,
  kind: string,
  { metadata }: { readonly metadata: { readonly name?: string } },
): string => `${kind}/${namespace ?? ''}/${metadata.name ?? ''}`;
