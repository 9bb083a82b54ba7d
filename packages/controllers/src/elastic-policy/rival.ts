import type { ElasticPolicy, HorizontalPodAutoscaler, Stored } from '@godwit/kinds';

/**
 * Who has the target of `policy` instead of it, in words; undefined when it is its own. A
 * HorizontalPodAutoscaler goes before all ElasticPolicies, because tools know it; of these the oldest has it,
 * and of equally old ones the first by name.
 * @param policies those with the same target, itself among them
 * @param autoscalers those with the same target
 */
export function rivalOf(
  policy: Stored<ElasticPolicy>,
  policies: Iterable<Stored<ElasticPolicy>>,
  autoscalers: Iterable<Stored<HorizontalPodAutoscaler>>,
): string | undefined {
  for (const { metadata } of autoscalers) return `HorizontalPodAutoscaler ${metadata.name}`;
  for (const other of policies) {
    if (ageAndName(other) < ageAndName(policy)) return `ElasticPolicy ${other.metadata.name}`;
  }
  return undefined;
}

const ageAndName = ({ metadata }: Stored<ElasticPolicy>) => `${metadata.creationTimestamp} ${metadata.name}`;
