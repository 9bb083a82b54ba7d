import { type ElasticMetricSpec, metricValueText, parseQuantity, readableBytes, shortNumber } from '@godwit/kinds';
import type { ElasticAnswer, ElasticLoad, ElasticMetric, ElasticPart, ShapeBounds } from '@godwit/planner';
import { aWaitingRequest } from './elastic-question.ts';

/** What was asked and found: what there is to say about an answer. */
export interface Asked {
  readonly metrics: readonly ElasticMetric[];
  readonly specs: readonly ElasticMetricSpec[];
  readonly sizes: ShapeBounds['sizes'];
  readonly schedule: string | undefined;
}

/** Why the shape is as it is, as a colleague would say it, in words that follow `because`. */
export function whyOf({ by, parts, failures }: ElasticAnswer, asked: Asked): string {
  const lost = failures.length > 0 ? `; not known: ${failures.join('; ')}` : '';
  if (by === 'lost') return `no metric could be told for too long${lost}`;
  if (parts.length === 0) return `no metric can be told, so that nothing changes${lost}`;
  const during = asked.schedule === undefined ? '' : ` (schedule ${asked.schedule})`;
  return `${parts.map((part) => partText(part, asked)).join(', and ')}${during}${lost}`;
}

function partText(part: ElasticPart, asked: Asked): string {
  const { of, by, wanted, others } = part;
  const amount = (units: number) => amountText(of, units, asked.sizes);
  const beside = others.map(({ name, units }) => `${name} for ${amount(units)}`).join(', ');
  return `${metricText(by, wanted, asked)} ${amount(wanted)}${beside === '' ? '' : ` (${beside})`}${heldText(part, amount)}`;
}

/** So much of what is scaled: `3 machines`, `1.5 cores`, `512 MiB of memory`. */
function amountText(of: string, units: number, sizes: ShapeBounds['sizes']): string {
  const size = sizes[of];
  const amount = size ? units * size.minimum : units;
  if (size && of === 'memory') return `${readableBytes(amount)} of memory`;
  return `${shortNumber(amount)} ${size ? 'core' : 'machine'}${amount === 1 ? '' : 's'}`;
}

/** What is done instead of what was asked for, and why. */
function heldText({ wanted, units, stabilized, limited }: ElasticPart, amount: (units: number) => string): string {
  if (units === wanted) return '';
  const given = `${units < wanted ? '; it gets' : '; it keeps'} ${amount(units)}`;
  switch (limited) {
    case 'up-rate':
      return `${given} now, since it may not grow any faster`;
    case 'down-rate':
      return `${given} now, since it may not shrink any faster`;
    case 'maximum':
      return `${given}, since no more is allowed`;
    case 'minimum':
      return `${given}, since no less is allowed`;
    case 'within':
      break;
  }
  if (stabilized === 'up-stabilized') return `${given} for now, since less was asked for a short while ago`;
  if (stabilized === 'down-stabilized') return `${given} for now, since more was asked for a short while ago`;
  return `${given} until nothing was asked for long enough`;
}

/** `latency of 180 ms against a goal of 100 ms asks for`, and the like. */
function metricText(name: string, units: number, { metrics, specs }: Asked): string {
  const metric = metrics.find((one) => one.name === name);
  if (name === aWaitingRequest.name || !metric || 'failure' in metric.load) return `${name} asks for`;
  // `requests` and `jobs` are many; `latency`, `status` and `process` are one.
  const ask = /[^isu]s$/.test(name) ? 'ask for' : 'asks for';
  const spec = specs.find((one) => one.name === name);
  const value = metricValueText(spec?.type, metric.load.value);
  const is = spec?.type === 'cpu' || spec?.type === 'memory' ? 'at' : 'of';
  return `${name} ${is} ${value}${spec ? goalText(metric, metric.load, spec, units) : ''} ${ask}`;
}

/** What the value was compared with. */
function goalText(
  { forecast = 0, algorithm }: ElasticMetric,
  load: ElasticLoad,
  spec: ElasticMetricSpec,
  units: number,
) {
  const text = (quantity: string | number | undefined) =>
    metricValueText(spec.type, parseQuantity(quantity) ?? Number.NaN);
  const each = load.of === 'shared' ? ' each' : '';
  if (algorithm.type === 'step') {
    const { lower, upper } = algorithm;
    return `, to be between ${text(lower)} and ${text(upper)}${each},`;
  }
  if (algorithm.type === 'linear') {
    const { lower, upper, base, top } = algorithm;
    return `, between ${text(lower)} (${base}) and ${text(upper)} (${top}),`;
  }
  const foretold = algorithm.type === 'predictive' && forecast >= units && load.value / algorithm.target <= units - 1;
  const more = foretold ? ', and more that is foretold,' : '';
  return `${more} against a goal of ${text(algorithm.target)}${each}`;
}
