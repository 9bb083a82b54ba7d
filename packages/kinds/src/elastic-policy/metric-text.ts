import { parseQuantity } from '../quantity.ts';
import type { ElasticMetricSpec } from './elastic-metric.ts';

/** A value for people, in the unit of its metric: `85 %`, `450/s`, `180 ms`. */
export function metricValueText(type: ElasticMetricSpec['type'] | undefined, value: number): string {
  switch (type) {
    case 'cpu':
    case 'memory':
      return `${shortNumber(value)} %`;
    case 'requests':
      return `${shortNumber(value)}/s`;
    case 'latency':
      return value < 1 ? `${shortNumber(value * 1000)} ms` : `${shortNumber(value)} s`;
    default:
      return shortNumber(value);
  }
}

/** Three digits are enough to understand a number. */
export function shortNumber(value: number): string {
  return String(value >= 1000 ? Math.round(value) : Number(value.toPrecision(3)));
}

/** What is and what is to be, as `kubectl get hpa` shows it: `latency: 180ms/100ms`, `jobs: 5/2-10`. */
export function metricCell(metric: ElasticMetricSpec, found: string | number | undefined): string {
  const text = (quantity: string | number | undefined) => {
    const value = parseQuantity(quantity);
    return value === undefined ? '<unknown>' : metricValueText(metric.type, value).replaceAll(' ', '');
  };
  const { name, target, predictive, step, linear } = metric;
  const between = step ?? linear;
  const goal = between ? `${text(between.lower)}-${text(between.upper)}` : text((target ?? predictive)?.value);
  if (metric.type === 'requests') return `${name}: ${bare(text(found))}/${bare(goal)}`;
  return `${name}: ${text(found)}/${goal}`;
}

/** `450/s/100/s` would read as nothing. */
const bare = (text: string) => text.replaceAll('/s', '');
