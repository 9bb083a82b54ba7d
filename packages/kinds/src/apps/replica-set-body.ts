import {
  described,
  filled,
  int32,
  int64,
  type KindOf,
  listOf,
  object,
  required,
  type Static,
} from '../machinery/index.ts';
import { podTemplate } from '../pod/pod-template.ts';
import { conditionFields } from '../shared/condition.ts';
import { labelSelector } from '../shared/label-selector.ts';
import { appsName } from '../shared/openapi-names.ts';

const spec = object(
  {
    replicas: int32('How many pods; 1 by default.'),
    minReadySeconds: int32('How long a pod must be ready to count as available.'),
    selector: required(
      described(labelSelector, 'Which pods belong to it; must match the labels of the template and cannot change.'),
    ),
    template: required(described(podTemplate, 'What the pods look like.')),
  },
  'What should run.',
  appsName('ReplicaSetSpec'),
);

const replicaSetCondition = object(
  conditionFields('ReplicaFailure.'),
  'One aspect of how the set stands.',
  appsName('ReplicaSetCondition'),
);
export type ReplicaSetCondition = Static<typeof replicaSetCondition>;

const status = object(
  {
    replicas: filled(int32('Pods that are there.')),
    fullyLabeledReplicas: int32('Pods that have every label of the template.'),
    readyReplicas: int32('Pods that are ready.'),
    availableReplicas: int32('Pods that have been ready long enough.'),
    terminatingReplicas: int32('Pods that are on their way out.'),
    observedGeneration: int64('Generation that the status was set for.'),
    conditions: listOf(replicaSetCondition, 'How the set stands.', { keys: ['type'] }),
  },
  'How the set stands.',
  appsName('ReplicaSetStatus'),
);

export const replicaSetBody = object({ spec: required(spec), status });
export type ReplicaSet = KindOf<Static<typeof replicaSetBody>>;
