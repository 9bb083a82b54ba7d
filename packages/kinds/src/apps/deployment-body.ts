import {
  boolean,
  described,
  int32,
  int64,
  intOrString,
  type KindOf,
  listOf,
  object,
  oneOf,
  required,
  type Static,
  time,
} from '../machinery/index.ts';
import { podTemplate } from '../pod/pod-template.ts';
import { conditionFields } from '../shared/condition.ts';
import { labelSelector } from '../shared/label-selector.ts';
import { appsName } from '../shared/openapi-names.ts';

const strategy = object(
  {
    type: oneOf(['RollingUpdate', 'Recreate'], 'Bit by bit (default), or all old ones away first.'),
    rollingUpdate: object(
      {
        maxUnavailable: intOrString('Most that may be away meanwhile; 25% by default.'),
        maxSurge: intOrString('Most that may be there in excess meanwhile; 25% by default.'),
      },
      'Settings of RollingUpdate.',
      appsName('RollingUpdateDeployment'),
    ),
  },
  'How old pods are replaced by new ones.',
  { ...appsName('DeploymentStrategy'), retainKeys: true },
);

const spec = object(
  {
    replicas: int32('How many pods; 1 by default.'),
    selector: required(
      described(labelSelector, 'Which pods belong to it; must match the labels of the template and cannot change.'),
    ),
    template: required(described(podTemplate, 'What the pods look like.')),
    strategy,
    minReadySeconds: int32('How long a pod must be ready to count as available.'),
    revisionHistoryLimit: int32('How many old ReplicaSets are kept; 10 by default.'),
    paused: boolean('Changes of the template are not rolled out.'),
    progressDeadlineSeconds: int32('After how long without progress a rollout counts as failed; 600 by default.'),
  },
  'What should run, and how changes come about.',
  appsName('DeploymentSpec'),
);

const deploymentCondition = object(
  {
    ...conditionFields('Available, Progressing or ReplicaFailure.'),
    lastUpdateTime: time('When it was last set.'),
  },
  'One aspect of how the deployment stands.',
  appsName('DeploymentCondition'),
);
export type DeploymentCondition = Static<typeof deploymentCondition>;

const status = object(
  {
    observedGeneration: int64('Generation that the status was set for.'),
    replicas: int32('Pods that are there.'),
    updatedReplicas: int32('Pods of the current template.'),
    readyReplicas: int32('Pods that are ready.'),
    availableReplicas: int32('Pods that have been ready long enough.'),
    unavailableReplicas: int32('Pods that are still missing.'),
    terminatingReplicas: int32('Pods that are on their way out.'),
    conditions: listOf(deploymentCondition, 'How the deployment stands.', { keys: ['type'] }),
    collisionCount: int32('How often two templates had the same hash.'),
  },
  'How the deployment stands.',
  appsName('DeploymentStatus'),
);

export const deploymentBody = object({ spec: required(spec), status });
export type Deployment = KindOf<Static<typeof deploymentBody>>;
