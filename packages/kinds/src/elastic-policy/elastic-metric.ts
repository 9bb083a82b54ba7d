import { int32, number, object, oneOf, quantity, required, type Static, string } from '../machinery/index.ts';
import { believed } from '../metrics/belief.ts';
import { parseQuantity } from '../quantity.ts';
import { at, checkUrl, dnsLabelFault, type Faults } from '../validation/index.ts';

export const elasticMetricTypes = ['cpu', 'memory', 'requests', 'latency', 'queue', 'prometheus', 'http'] as const;
export const elasticAlgorithms = ['step', 'linear', 'target', 'predictive'] as const;

const step = object(
  {
    upper: required(quantity('Load of a unit above which a step up is made.')),
    lower: required(quantity('Load of a unit below which a step down is made.')),
    up: int32('Units a step up; 1 by default.', { minimum: 1 }),
    down: int32('Units a step down; 1 by default.', { minimum: 1 }),
  },
  'So much more or less while the load is outside the thresholds.',
);

const linear = object(
  {
    lower: required(quantity('Load up to which there are `base` units.')),
    upper: required(quantity('Load at which there are `top` units; in between in proportion.')),
    base: required(int32('Units at and below `lower`.', { minimum: 0 })),
    top: int32('Units at `upper`; the most that is allowed by default.', { minimum: 1 }),
    step: int32('Units that are added at a time above `upper`; 1 by default.', { minimum: 0 }),
  },
  'In proportion to the load between two thresholds.',
);

const target = object(
  {
    value: required(
      quantity('Wanted load of a unit; for latency and values that are not shared out, the wanted value.'),
    ),
    tolerance: number('Share by which it may be missed without anything being done; 0.1 by default.', {
      minimum: 0,
      maximum: 1,
    }),
  },
  'As much as brings the metric to a target.',
);

const predictive = object(
  {
    value: required(quantity('What a unit is to carry.')),
    margin: number('Usual errors of the forecast that are kept in hand: more is safer and costs more; 2 by default.', {
      minimum: -1,
      maximum: 10,
    }),
  },
  'As much as the load will need by the time that a new machine serves.',
);

export const elasticMetric = object(
  {
    name: required(string('Name of the metric within the policy.')),
    type: required(
      oneOf(
        elasticMetricTypes,
        'Use of processors or memory in percent of what the machines have; requests a second, seconds of latency or queued requests at the load balancer of a service; a query of a Prometheus; an HTTP endpoint.',
      ),
    ),
    service: string('Service whose load balancer is asked: for requests, latency and queue.'),
    url: string('Address of the Prometheus or of the endpoint.'),
    query: string('PromQL; the values of its result are added up.'),
    path: string('Where the number is in a JSON answer, as a dot path; without it the answer is the number.'),
    sharing: oneOf(
      ['mean', 'shared', 'whole'],
      'mean: of the machines; shared: a sum that they carry together; whole: a value that is not shared out. By type where it is absent; shared for prometheus and http.',
    ),
    resource: oneOf(['cpu', 'memory'], 'What is scarce when the metric is high; cpu but for memory.'),
    step,
    linear,
    target,
    predictive,
  },
  'One thing that is measured, and the one algorithm that answers it.',
);
export type ElasticMetricSpec = Static<typeof elasticMetric>;

const NEEDED: Readonly<Record<ElasticMetricSpec['type'], readonly ('service' | 'url' | 'query')[]>> = {
  cpu: [],
  memory: [],
  requests: ['service'],
  latency: ['service'],
  queue: ['service'],
  prometheus: ['url', 'query'],
  http: ['url'],
};

export function validateElasticMetric(metric: ElasticMetricSpec, path: string, faults: Faults): void {
  if (metric.name === '') faults.required(at(path, 'name'));
  const needed = NEEDED[metric.type];
  for (const field of ['service', 'url', 'query'] as const) {
    const value = metric[field];
    if (needed.includes(field) && !value)
      faults.required(at(path, field), `must be set for metrics of type ${metric.type}`);
    if (!needed.includes(field) && value !== undefined) {
      faults.forbidden(at(path, field), `must not be set for metrics of type ${metric.type}`);
    }
  }
  if (metric.service) faults.check(at(path, 'service'), metric.service, dnsLabelFault);
  if (metric.url) checkUrl(at(path, 'url'), metric.url, faults);
  if (metric.path !== undefined && metric.type !== 'http')
    faults.forbidden(at(path, 'path'), 'is for metrics of type http');
  else if (metric.path?.split('.').includes(''))
    faults.invalid(at(path, 'path'), metric.path, 'must be names with dots between (such as queue.jobs)');
  validateUse(metric, path, faults);
  const chosen = elasticAlgorithms.filter((algorithm) => metric[algorithm] !== undefined);
  if (chosen.length !== 1) {
    faults.invalid(path, chosen, `exactly one of ${elasticAlgorithms.join(', ')} must be set`);
    return;
  }
  validateAlgorithm(metric, path, faults);
}

/** What machines use is a share of what they have: a mean of theirs, and of that resource. */
function validateUse(
  { type, sharing, resource = type as never }: ElasticMetricSpec,
  path: string,
  faults: Faults,
): void {
  if (type !== 'cpu' && type !== 'memory') return;
  if (sharing !== undefined && sharing !== 'mean') faults.notSupported(at(path, 'sharing'), sharing, ['mean']);
  if (resource !== type) faults.notSupported(at(path, 'resource'), resource, [type]);
}

/** What is scarce when a metric is high. */
export function resourceOfMetric({ type, resource }: ElasticMetricSpec): 'cpu' | 'memory' {
  return resource ?? (type === 'memory' ? 'memory' : 'cpu');
}

function validateAlgorithm(metric: ElasticMetricSpec, path: string, faults: Faults): void {
  const thresholds = metric.step ?? metric.linear;
  if (thresholds) {
    const where = at(path, metric.step ? 'step' : 'linear');
    const lower = amountAt(at(where, 'lower'), thresholds.lower, faults);
    const upper = amountAt(at(where, 'upper'), thresholds.upper, faults);
    if (upper <= lower) faults.invalid(at(where, 'upper'), thresholds.upper, 'must be greater than `lower`');
  }
  const { linear: line, target: aim, predictive: forecast, type } = metric;
  if (line?.top !== undefined && line.top < line.base)
    faults.invalid(at(path, 'linear.top'), line.top, 'must be greater than or equal to `base`');
  const wanted = aim ?? forecast;
  if (wanted) {
    const where = at(path, aim ? 'target.value' : 'predictive.value');
    if (amountAt(where, wanted.value, faults) === 0) faults.invalid(where, wanted.value, 'must be greater than 0');
  }
  if (forecast && (type === 'latency' || metric.sharing === 'whole')) {
    faults.forbidden(at(path, 'predictive'), 'only loads that machines share out can be foretold in machines');
  }
}

/** The amount, or NaN when it is none that could be measured. */
function amountAt(path: string, value: string | number, faults: Faults): number {
  const amount = believed(parseQuantity(value));
  if (amount === undefined) faults.invalid(path, value, 'must be a quantity that is not negative, and not above 2⁵³');
  return amount ?? Number.NaN;
}
