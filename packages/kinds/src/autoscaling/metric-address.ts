import { metricPrefix } from '../shared/own-annotations.ts';
import type { HorizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts';

/** Where an autoscaler says that a metric is told, if it does. */
export function metricAddress(
  { metadata }: Pick<HorizontalPodAutoscaler, 'metadata'>,
  metric: string,
): string | undefined {
  return metadata.annotations?.[metricPrefix + metric];
}

/** What people are to write who want that. */
export function metricAddressHint(metric: string): string {
  return `say where, with the annotation ${metricPrefix}${metric}: URL`;
}
