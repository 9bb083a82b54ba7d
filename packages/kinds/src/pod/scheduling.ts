import { int32, int64, listOf, object, oneOf, required, type Static, string } from '../machinery/index.ts';
import { labelSelector } from '../shared/label-selector.ts';
import { coreName } from '../shared/openapi-names.ts';

export const toleration = object(
  {
    key: string('Taint key; empty with Exists tolerates every taint.'),
    operator: oneOf(['Exists', 'Equal', 'Lt', 'Gt'], 'How the value is compared; Equal by default.'),
    value: string('Taint value.'),
    effect: oneOf(['NoSchedule', 'PreferNoSchedule', 'NoExecute'], 'Taint effect; empty tolerates all.'),
    tolerationSeconds: int64('How long a NoExecute taint is tolerated; absent means for ever.'),
  },
  'Lets a machine run on a node with a matching taint.',
  coreName('Toleration'),
);
export type Toleration = Static<typeof toleration>;

const honour = (what: string) => oneOf(['Honor', 'Ignore'], `Whether ${what} count when nodes are counted.`);

export const topologySpreadConstraint = object(
  {
    maxSkew: required(int32('Largest allowed difference between places.')),
    topologyKey: required(string('Node label whose value says what counts as the same place.')),
    whenUnsatisfiable: required(oneOf(['DoNotSchedule', 'ScheduleAnyway'], 'What to do when it cannot be kept.')),
    labelSelector,
    minDomains: int32('Fewest places that must exist.'),
    nodeAffinityPolicy: honour('node affinity and node selector'),
    nodeTaintsPolicy: honour('taints'),
    matchLabelKeys: listOf(string(), 'Label keys whose values are taken from this pod.'),
  },
  'How matching machines spread over places.',
  coreName('TopologySpreadConstraint'),
);
export type TopologySpreadConstraint = Static<typeof topologySpreadConstraint>;

export const podReadinessGate = object(
  { conditionType: required(string('Condition that must be True for the pod to be ready.')) },
  'One more condition of readiness.',
  coreName('PodReadinessGate'),
);

export const podSchedulingGate = object(
  { name: required(string('Name of the gate.')) },
  'Holds scheduling back until it is removed.',
  coreName('PodSchedulingGate'),
);

export const podResourceClaim = object(
  {
    name: required(string('Name of the claim within the pod.')),
    resourceClaimName: string('Name of a ResourceClaim.'),
    resourceClaimTemplateName: string('Name of a ResourceClaimTemplate.'),
  },
  'Devices that the pod asks for.',
  coreName('PodResourceClaim'),
);
