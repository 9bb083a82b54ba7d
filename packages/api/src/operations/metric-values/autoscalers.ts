import type { HorizontalPodAutoscaler, MetricSpec, Stored } from '@godwit/kinds';
import type { Engine } from '../engine.ts';
import { selectDocuments } from '../read.ts';

/** The autoscalers of a namespace, or all: what they name is what there is to read. */
export async function autoscalers(
  engine: Engine,
  namespace?: string,
): Promise<readonly Stored<HorizontalPodAutoscaler>[]> {
  const kind = engine.kinds.find('autoscaling', 'v2', 'horizontalpodautoscalers');
  if (!kind) return [];
  const { documents } = await selectDocuments(engine, kind, namespace, { equalities: new Map() }, {});
  return documents.map(({ object }) => object as Stored<HorizontalPodAutoscaler>);
}

export function specsOf({ spec }: HorizontalPodAutoscaler): readonly MetricSpec[] {
  return spec.metrics ?? [];
}
