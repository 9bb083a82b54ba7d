import type { ElasticPolicy, HorizontalPodAutoscaler, Stored } from '@godwit/kinds';
import { sameTarget } from '../metrics-source/index.ts';

/**
 * Who has the target of `policy` instead of it, in words; undefined when it is its own. A
 * HorizontalPodAutoscaler goes before all ElasticPolicies, because tools know it; of these the oldest has it,
 * and of equally old ones the first by name.
 */
export function rivalOf(
  policy: Stored<ElasticPolicy>,
  policies: Iterable<Stored<ElasticPolicy>>,
  autoscalers: Iterable<Stored<HorizontalPodAutoscaler>>,
): string | undefined {
  const { targetRef } = policy.spec;
  for (const { metadata, spec } of autoscalers) {
    if (sameTarget(spec.scaleTargetRef, targetRef)) return `HorizontalPodAutoscaler ${metadata.name}`;
  }
  for (const other of policies) {
    if (other.metadata.uid === policy.metadata.uid || !sameTarget(other.spec.targetRef, targetRef)) continue;
    if (ageAndName(other) < ageAndName(policy)) return `ElasticPolicy ${other.metadata.name}`;
  }
  return undefined;
}

const ageAndName = ({ metadata }: Stored<ElasticPolicy>) => `${metadata.creationTimestamp} ${metadata.name}`;
