import type { HorizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts';

/** What annotations of an autoscaler begin with that say where a metric is asked for: its name follows, the URL is the value. */
const PREFIX = 'metrics.godwit.dev/';

/** Where an autoscaler says that a metric is told, if it does. */
export function metricAddress(
  { metadata }: Pick<HorizontalPodAutoscaler, 'metadata'>,
  metric: string,
): string | undefined {
  return metadata.annotations?.[PREFIX + metric];
}

/** What people are to write who want that. */
export function metricAddressHint(metric: string): string {
  return `say where, with the annotation ${PREFIX}${metric}: URL`;
}
