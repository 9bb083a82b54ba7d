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
import { coreName } from './shared/openapi-names.ts';
import { resourceList } from './shared/resource-list.ts';

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
  body: object({
    spec: object(
      { limits: filled(listOf(limitRangeItem, 'Bounds by type.')) },
      'The bounds.',
      coreName('LimitRangeSpec'),
    ),
  }),
});

export type LimitRange = ObjectOfKind<typeof limitRange>;
