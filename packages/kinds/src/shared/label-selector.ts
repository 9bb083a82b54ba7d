import { listOf, mapOf, object, oneOf, required, type Static, string } from '../machinery/index.ts';
import { metaName } from './openapi-names.ts';

const labelSelectorRequirement = object(
  {
    key: required(string('Label key.')),
    operator: required(oneOf(['In', 'NotIn', 'Exists', 'DoesNotExist'], 'How the key relates to the values.')),
    values: listOf(string(), 'Values for In and NotIn; empty for the others.'),
  },
  'One rule about one label.',
  metaName('LabelSelectorRequirement'),
);

export const labelSelector = object(
  {
    matchLabels: mapOf(string(), 'Labels that must be there with exactly these values.'),
    matchExpressions: listOf(labelSelectorRequirement, 'Rules that must all hold.'),
  },
  'Selects objects by their labels. Empty selects all, absent selects none.',
  { ...metaName('LabelSelector'), atomic: true },
);
export type LabelSelector = Static<typeof labelSelector>;
export type LabelSelectorRequirement = Static<typeof labelSelectorRequirement>;
