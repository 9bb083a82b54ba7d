import { type ElasticMetricSpec, shortNumber } from '@godwit/kinds';
import type {
  AskedPart,
  Asker,
  ElasticAnswer,
  ElasticLoad,
  ElasticMetric,
  ElasticPart,
  Goal,
  ShapeBounds,
  WhyScaled,
} from '@godwit/planner';
import { heldAt } from '../metrics-source/index.ts';
import { aWaitingRequest } from './elastic-question.ts';
import { inBaseUnits } from './resize.ts';

/** What was asked and found: what there is to say about an answer. */
export interface Asked {
  readonly metrics: readonly ElasticMetric[];
  readonly specs: readonly ElasticMetricSpec[];
  readonly sizes: ShapeBounds['sizes'];
  readonly schedule: string | undefined;
}

/** Why the shape is as it is. */
export function whyScaled({ by, parts, unknown: lost }: ElasticAnswer, asked: Asked): WhyScaled {
  const unknown = lost.length > 0 && { unknown: lost };
  if (by === 'lost') return { is: 'blind-for-long', ...unknown };
  if (parts.length === 0) return { is: 'blind', ...unknown };
  const { schedule } = asked;
  const told = parts.map((part) => partOf(part, asked));
  return { is: 'demand', parts: told, ...(schedule !== undefined && { schedule }), ...unknown };
}

function partOf(part: ElasticPart, asked: Asked): AskedPart {
  const { of: resource, by, wanted, others } = part;
  const size = asked.sizes[resource];
  const of = size ? (resource === 'memory' ? 'memory' : 'cpu') : 'machines';
  const amount = (units: number) =>
    size && of !== 'machines' ? (inBaseUnits({ [of]: units * size.minimum })[of] ?? 0) : units;
  const beside = others.map(({ name, units }) => ({ by: nameOf(name), wanted: amount(units) }));
  return {
    of,
    by: askerOf(by, wanted, asked),
    wanted: amount(wanted),
    ...(beside.length > 0 && { others: beside }),
    ...heldAt(part.units, part, amount),
  };
}

const nameOf = (name: string): Asker =>
  name === aWaitingRequest.name ? { is: 'waiting-request' } : { is: 'metric', name };

/** Who asked, with what was found and compared. */
function askerOf(name: string, units: number, { metrics, specs }: Asked): Asker {
  const asker = nameOf(name);
  const metric = metrics.find((one) => one.name === name);
  const spec = specs.find((one) => one.name === name);
  if (asker.is !== 'metric' || !spec || !metric || 'failure' in metric.load) return asker;
  const { load } = metric;
  const found = { type: spec.type, value: Number(shortNumber(load.value)), goal: goalOf(metric, load, units) };
  return { ...asker, found: { ...found, ...(load.of === 'shared' && { each: true }) } };
}

/** What the value was compared with. */
function goalOf({ forecast = 0, algorithm }: ElasticMetric, { value }: ElasticLoad, units: number): Goal {
  if (algorithm.type === 'step') return { is: 'between', lower: algorithm.lower, upper: algorithm.upper };
  if (algorithm.type === 'linear') {
    const { lower, upper, base, top } = algorithm;
    return { is: 'line', lower, base, upper, top };
  }
  const { type, target } = algorithm;
  const foretold = type === 'predictive' && forecast >= units && value / target <= units - 1;
  return { is: 'target', target, ...(foretold && { foretold }) };
}
