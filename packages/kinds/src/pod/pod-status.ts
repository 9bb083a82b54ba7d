import {
  anyObject,
  boolean,
  described,
  filled,
  int32,
  int64,
  listOf,
  object,
  oneOf,
  required,
  type Static,
  string,
  time,
} from '../machinery/index.ts';
import { conditionStatus } from '../shared/condition.ts';
import { coreName } from '../shared/openapi-names.ts';
import { resourceList } from '../shared/resource-list.ts';
import { resourceRequirements } from './resources.ts';

const containerState = object(
  {
    waiting: object(
      { reason: string('Why, in one word, such as ImagePullBackOff.'), message: string('Why, in words.') },
      'Not started yet.',
      coreName('ContainerStateWaiting'),
    ),
    running: object({ startedAt: time('When it started.') }, 'Runs.', coreName('ContainerStateRunning')),
    terminated: object(
      {
        exitCode: required(int32('Exit code.')),
        signal: int32('Signal that ended it.'),
        reason: string('Why, in one word: Completed, Error, OOMKilled.'),
        message: string('Last message.'),
        startedAt: time('When it started.'),
        finishedAt: time('When it ended.'),
        containerID: string('Id of the container in the runtime.'),
      },
      'Ended.',
      coreName('ContainerStateTerminated'),
    ),
  },
  'What the container does; exactly one field is there.',
  coreName('ContainerState'),
);
export type ContainerState = Static<typeof containerState>;

const volumeMountStatus = object(
  {
    name: required(string('Name of the volume.')),
    mountPath: required(string('Where it is mounted.')),
    readOnly: boolean('Mounted read-only.'),
    recursiveReadOnly: string('Whether read-only goes for mounts below.'),
    volumeStatus: anyObject('Facts about the volume.'),
  },
  'A mounted volume.',
  coreName('VolumeMountStatus'),
);

const allocatedResource = object(
  {
    name: required(string('Name of the resource.')),
    resources: listOf(
      object(
        {
          resourceID: required(string('Id of the device.')),
          health: string('Healthy, Unhealthy or Unknown.'),
          message: string('Why the health is as it is.'),
        },
        'Health of one device.',
        coreName('ResourceHealth'),
      ),
      'Devices of the resource.',
      { keys: ['resourceID'], strategy: 'replace' },
    ),
  },
  'Devices that the container holds.',
  coreName('ResourceStatus'),
);

const containerStatus = object(
  {
    name: required(string('Name of the container.')),
    state: described(containerState, 'What the container does now.'),
    lastState: described(containerState, 'How it ended the last time.'),
    ready: filled(boolean('Whether it passed its readiness probe.')),
    restartCount: filled(int32('How often it was started again.')),
    image: filled(string('Image that runs.')),
    imageID: filled(string('Digest of the image.')),
    containerID: string('Id of the container in the runtime.'),
    started: boolean('Whether it passed its start-up probe and postStart hook.'),
    allocatedResources: resourceList('What the node set aside.'),
    resources: resourceRequirements,
    volumeMounts: listOf(volumeMountStatus, 'Mounted volumes.', { keys: ['mountPath'] }),
    user: object(
      {
        linux: object(
          {
            uid: required(int64('User id.')),
            gid: required(int64('Group id.')),
            supplementalGroups: listOf(int64(), 'More groups.'),
          },
          'Linux user of the first process.',
          coreName('LinuxContainerUser'),
        ),
      },
      'User of the first process.',
      coreName('ContainerUser'),
    ),
    allocatedResourcesStatus: listOf(allocatedResource, 'Health of devices.', { keys: ['name'] }),
    stopSignal: string('Signal that ends the container.'),
  },
  'How one container stands.',
  coreName('ContainerStatus'),
);
export type ContainerStatus = Static<typeof containerStatus>;

const podCondition = object(
  {
    type: required(string('PodScheduled, Initialized, ContainersReady, Ready, …')),
    status: required(conditionStatus),
    observedGeneration: int64('Generation that the condition was set for.'),
    lastProbeTime: {
      ...time('When it was last looked at.'),
      json: { ...time('When it was last looked at.').json, nullable: true },
    },
    lastTransitionTime: time('When the status last changed.'),
    reason: string('Why, in one word.'),
    message: string('Why, in words.'),
  },
  'One aspect of how the pod stands.',
  coreName('PodCondition'),
);
export type PodCondition = Static<typeof podCondition>;

const resourceClaimStatus = object(
  { name: required(string('Name of the claim in the pod.')), resourceClaimName: string('Name of the ResourceClaim.') },
  'The claim that was made.',
  coreName('PodResourceClaimStatus'),
);

export const podStatus = object(
  {
    phase: oneOf(['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'], 'The turn in the life of the pod.'),
    conditions: listOf(podCondition, 'How the pod stands.', { keys: ['type'] }),
    observedGeneration: int64('Generation that the status was set for.'),
    message: string('Why the pod is in this phase, in words.'),
    reason: string('Why, in one word, such as Evicted.'),
    nominatedNodeName: string('Node where room is being made.'),
    hostIP: string('Address of the node.'),
    hostIPs: listOf(
      object({ ip: required(string('Address.')) }, 'An address of the node.', coreName('HostIP')),
      'Addresses of the node.',
      { mergeKey: 'ip', strategy: 'merge' },
    ),
    podIP: string('Address of the pod.'),
    podIPs: listOf(
      object({ ip: required(string('Address.')) }, 'An address of the pod.', coreName('PodIP')),
      'Addresses of the pod.',
      { keys: ['ip'] },
    ),
    startTime: time('When the node took the pod on.'),
    initContainerStatuses: listOf(containerStatus, 'How the init containers stand.'),
    containerStatuses: listOf(containerStatus, 'How the containers stand.'),
    ephemeralContainerStatuses: listOf(containerStatus, 'How the ephemeral containers stand.'),
    qosClass: oneOf(['Guaranteed', 'Burstable', 'BestEffort'], 'How firmly resources are set aside.'),
    resize: string('How a change of resources stands.'),
    resourceClaimStatuses: listOf(resourceClaimStatus, 'Claims that were made.', {
      keys: ['name'],
      strategy: 'merge,retainKeys',
    }),
    extendedResourceClaimStatus: anyObject('The claim made for extended resources.'),
    nodeAllocatableResourceClaimStatuses: listOf(anyObject(), 'Claims for resources of the node.'),
    allocatedResources: resourceList('What the node set aside for the pod.'),
    resources: resourceRequirements,
  },
  'How the pod stands.',
  coreName('PodStatus'),
);
export type PodStatus = Static<typeof podStatus>;
