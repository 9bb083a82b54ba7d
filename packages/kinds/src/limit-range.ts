import { compareQuantities, isQuantity } from './exact-quantity.ts';
import {
  defineKind,
  filled,
  listOf,
  type ObjectOfKind,
  object,
  required,
  type Static,
  string,
} from './machinery/index.ts';
import { parseQuantity } from './quantity.ts';
import { coreName } from './shared/openapi-names.ts';
import { type ResourceList, resourceList } from './shared/resource-list.ts';
import { at, eachItem, Faults } from './validation/index.ts';

const limitRangeItem = object(
  {
    type: required(string('Container, Pod or PersistentVolumeClaim.')),
    max: resourceList('Most of each resource.'),
    min: resourceList('Least of each resource.'),
    default: resourceList('Limits of containers that have none.'),
    defaultRequest: resourceList('Requests of containers that have none.'),
    maxLimitRequestRatio: resourceList('Largest ratio of limit to request.'),
  },
  'Bounds for one type of thing.',
  coreName('LimitRangeItem'),
);
export type LimitRangeItem = Static<typeof limitRangeItem>;

export const limitRange = defineKind({
  group: '',
  version: 'v1',
  kind: 'LimitRange',
  plural: 'limitranges',
  shortNames: ['limits'],
  hasGeneration: false,
  defaults: (draft) => {
    if (draft.spec) draft.spec.limits ??= [];
  },
  description: 'Bounds and defaults for the resources of each machine of a namespace.',
  validate: ({ spec }) => {
    const faults = new Faults();
    const limits = spec?.limits ?? [];
    eachItem(limits, 'spec.limits', (item, path) => validateItem(item, path, faults));
    faults.distinct(
      limits,
      ({ type }) => type,
      (index) => `spec.limits[${index}].type`,
    );
    return faults.causes;
  },
  body: object({
    spec: object(
      { limits: filled(listOf(limitRangeItem, 'Bounds by type.')) },
      'The bounds.',
      coreName('LimitRangeSpec'),
    ),
  }),
});

export type LimitRange = ObjectOfKind<typeof limitRange>;

const TYPES = ['Container', 'Pod', 'PersistentVolumeClaim'];

/** Bounds beside which nothing could be made are refused: else whatever comes would be. */
function validateItem(item: LimitRangeItem, path: string, faults: Faults): void {
  const { type, max = {}, min = {}, default: limit = {}, defaultRequest = {}, maxLimitRequestRatio = {} } = item;
  if (!TYPES.includes(type)) {
    faults.invalid(at(path, 'type'), type, `must be a standard limit type: ${TYPES.join(', ')}`);
  }
  for (const field of ['default', 'defaultRequest'] as const) {
    if (type === 'Pod' && item[field]) faults.forbidden(at(path, field), "may not be specified when `type` is 'Pod'");
  }
  if (type === 'PersistentVolumeClaim' && min.storage === undefined && max.storage === undefined) {
    faults.required(
      at(path, 'limits'),
      'either minimum or maximum storage value is required, but neither was provided',
    );
  }
  for (const field of ['max', 'min', 'default', 'defaultRequest'] as const) {
    for (const [name, amount] of Object.entries(item[field] ?? {})) {
      if (isBelow(amount, 0)) {
        faults.invalid(`${path}.${field}[${name}]`, String(amount), 'must be greater than or equal to 0');
      }
    }
  }
  const ordered = (
    [lower, low]: readonly ['min' | 'default' | 'defaultRequest', ResourceList],
    [upper, high]: readonly ['max' | 'default' | 'defaultRequest', ResourceList],
  ) => {
    for (const [name, amount] of Object.entries(low)) {
      const most = high[name];
      if (most === undefined || !isBelow(most, amount)) continue;
      const why = `${WORDS[lower]} value ${amount} is greater than ${WORDS[upper]} value ${most}`;
      faults.invalid(`${path}.${lower}[${name}]`, String(amount), why);
    }
  };
  ordered(['min', min], ['max', max]);
  ordered(['min', min], ['default', limit]);
  ordered(['min', min], ['defaultRequest', defaultRequest]);
  ordered(['default', limit], ['max', max]);
  ordered(['defaultRequest', defaultRequest], ['default', limit]);
  ordered(['defaultRequest', defaultRequest], ['max', max]);
  for (const [name, ratio] of Object.entries(maxLimitRequestRatio)) {
    const field = `${path}.maxLimitRequestRatio[${name}]`;
    if (isBelow(ratio, 1)) faults.invalid(field, String(ratio), `ratio ${ratio} is less than 1`);
    const most = (parseQuantity(max[name]) ?? Number.NaN) / (parseQuantity(min[name]) ?? Number.NaN);
    if ((parseQuantity(ratio) ?? 0) > most) {
      faults.invalid(field, String(ratio), `ratio ${ratio} is greater than max/min = ${most}`);
    }
  }
}

const WORDS = { min: 'min', max: 'max', default: 'default', defaultRequest: 'default request' } as const;

function isBelow(amount: string | number, bound: string | number): boolean {
  return isQuantity(amount) && isQuantity(bound) && compareQuantities(amount, bound) < 0;
}
