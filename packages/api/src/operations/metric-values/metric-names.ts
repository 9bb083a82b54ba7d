import { balancerMeasures, type MetricSpec } from '@godwit/kinds';
import type { Engine } from '../engine.ts';
import { autoscalers, specsOf } from './autoscalers.ts';

/** Which metrics there are to ask for. */
export interface MetricNames {
  /** Of objects: the resource as it stands in a path (`services`, `deployments.apps`), and the metric. */
  readonly objects: readonly { readonly plural: string; readonly namespaced: boolean; readonly metric: string }[];
  readonly outside: readonly string[];
}

/** Those that autoscalers name, and those of load balancers; undefined where no metrics are read. */
export async function metricNames(engine: Engine): Promise<MetricNames | undefined> {
  if (!engine.options.values) return undefined;
  const objects = new Map<string, MetricNames['objects'][number]>();
  const add = (plural: string, metric: string, namespaced = true) =>
    objects.set(`${plural}/${metric}`, { plural, namespaced, metric });
  for (const measure of balancerMeasures) add('services', measure);
  const outside = new Set<string>();
  for (const scaler of await autoscalers(engine)) {
    const isOfMachines = scaler.spec.scaleTargetRef.apiVersion?.includes('kubevirt.io') === true;
    for (const { pods, object, external } of specsOf(scaler)) {
      if (pods) add(isOfMachines ? 'virtualmachineinstances.kubevirt.io' : 'pods', pods.metric.name);
      if (external) outside.add(external.metric.name);
      const kind = object && describedKind(engine, object.describedObject);
      if (kind)
        add(kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`, object.metric.name, kind.namespaced);
    }
  }
  return { objects: [...objects.values()], outside: [...outside] };
}

function describedKind(
  { kinds }: Engine,
  { apiVersion = 'v1', kind }: NonNullable<MetricSpec['object']>['describedObject'],
) {
  return kinds.named(apiVersion, kind) ?? kinds.all.find((candidate) => candidate.kind === kind);
}
