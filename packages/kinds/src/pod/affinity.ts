import { int32, listOf, mapOf, object, oneOf, required, type Static, string } from '../machinery/index.ts';
import { labelSelector } from '../shared/label-selector.ts';
import { coreName } from '../shared/openapi-names.ts';

const nodeSelectorRequirement = object(
  {
    key: required(string('Label key or field name.')),
    operator: required(oneOf(['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'], 'How the key relates to values.')),
    values: listOf(string(), 'Values to compare with; one whole number for Gt and Lt.'),
  },
  'One rule about a node.',
  coreName('NodeSelectorRequirement'),
);
export type NodeSelectorRequirement = Static<typeof nodeSelectorRequirement>;

const nodeSelectorTerm = object(
  {
    matchExpressions: listOf(nodeSelectorRequirement, 'Rules about labels of the node.'),
    matchFields: listOf(nodeSelectorRequirement, 'Rules about fields of the node; metadata.name.'),
  },
  'Rules that must all hold. An empty term matches nothing.',
  { ...coreName('NodeSelectorTerm'), atomic: true },
);
export type NodeSelectorTerm = Static<typeof nodeSelectorTerm>;

export const nodeSelector = object(
  { nodeSelectorTerms: required(listOf(nodeSelectorTerm, 'Terms of which one must match.')) },
  'Selects nodes by labels and fields.',
  { ...coreName('NodeSelector'), atomic: true },
);
export type NodeSelector = Static<typeof nodeSelector>;

const weight = required(int32('Weight of this preference, 1 to 100.'));

export const nodeAffinity = object(
  {
    requiredDuringSchedulingIgnoredDuringExecution: nodeSelector,
    preferredDuringSchedulingIgnoredDuringExecution: listOf(
      object(
        { weight, preference: required(nodeSelectorTerm) },
        'Nodes that are liked better.',
        coreName('PreferredSchedulingTerm'),
      ),
      'Preferences, added up by weight.',
    ),
  },
  'Which nodes are needed or liked.',
  coreName('NodeAffinity'),
);
export type NodeAffinity = Static<typeof nodeAffinity>;

export const podAffinityTerm = object(
  {
    labelSelector,
    namespaces: listOf(string(), 'Namespaces to look in; with namespaceSelector absent and this empty, the own one.'),
    topologyKey: required(string('Node label whose value says what counts as the same place.')),
    namespaceSelector: labelSelector,
    matchLabelKeys: listOf(string(), 'Label keys whose values are taken from this pod and must match.'),
    mismatchLabelKeys: listOf(string(), 'Label keys whose values are taken from this pod and must differ.'),
  },
  'Other machines that this one wants near or far.',
  coreName('PodAffinityTerm'),
);
export type PodAffinityTerm = Static<typeof podAffinityTerm>;

const weightedPodAffinityTerm = object(
  { weight, podAffinityTerm: required(podAffinityTerm) },
  'A preference with its weight.',
  coreName('WeightedPodAffinityTerm'),
);

const podAffinityFields = {
  requiredDuringSchedulingIgnoredDuringExecution: listOf(podAffinityTerm, 'Terms that must all hold.'),
  preferredDuringSchedulingIgnoredDuringExecution: listOf(weightedPodAffinityTerm, 'Preferences, added up by weight.'),
};
export const podAffinity = object(podAffinityFields, 'Machines to be near to.', coreName('PodAffinity'));
export const podAntiAffinity = object(podAffinityFields, 'Machines to be far from.', coreName('PodAntiAffinity'));
export type PodAffinity = Static<typeof podAffinity>;

export const affinity = object(
  { nodeAffinity, podAffinity, podAntiAffinity },
  'Where the machine wants to be.',
  coreName('Affinity'),
);
export type Affinity = Static<typeof affinity>;

/** The simple form: labels that the node must have. */
export const nodeSelectorMap = mapOf(string(), 'Labels that the node must have.', { atomic: true });
