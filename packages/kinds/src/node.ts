import { joined, NONE, textColumn, wide } from './columns/index.ts';
import {
  boolean,
  defineKind,
  int32,
  int64,
  type KindOf,
  listOf,
  object,
  oneOf,
  required,
  type Static,
  string,
  time,
} from './machinery/index.ts';
import { conditionFields } from './shared/condition.ts';
import { asleepTaint, type Sleep, sleepOf, sleeps } from './shared/node-taints.ts';
import { coreName } from './shared/openapi-names.ts';
import { resourceList } from './shared/resource-list.ts';
import { eachItem, Faults, labelValueFault, qualifiedNameFault } from './validation/index.ts';

const taint = object(
  {
    key: required(string('Name of the taint.')),
    value: string('Value of the taint.'),
    effect: required(
      oneOf(['NoSchedule', 'PreferNoSchedule', 'NoExecute'], 'What it does to machines without toleration.'),
    ),
    timeAdded: time('When it was added.'),
  },
  'Keeps machines away that do not tolerate it.',
  coreName('Taint'),
);
export type Taint = Static<typeof taint>;

const configSource = object(
  {
    configMap: object(
      {
        namespace: required(string('Namespace.')),
        name: required(string('Name.')),
        uid: string('UID.'),
        resourceVersion: string('Version.'),
        kubeletConfigKey: required(string('Key.')),
      },
      'The ConfigMap.',
      coreName('ConfigMapNodeConfigSource'),
    ),
  },
  'Where the settings of the node come from; no longer used.',
  coreName('NodeConfigSource'),
);

const spec = object(
  {
    podCIDR: string('Address range of the node.'),
    podCIDRs: listOf(string(), 'Address ranges of the node.', { set: true }),
    providerID: string('Id of the node where it comes from.'),
    unschedulable: boolean('When true, no new machines come to the node.'),
    taints: listOf(taint, 'What keeps machines away.'),
    configSource,
    externalID: string('No longer used.'),
  },
  'What is wanted of the node.',
  coreName('NodeSpec'),
);

const nodeCondition = object(
  {
    ...conditionFields('Ready, MemoryPressure, DiskPressure, …'),
    lastHeartbeatTime: time('When it was last looked at.'),
  },
  'One aspect of how the node stands.',
  coreName('NodeCondition'),
);
export type NodeCondition = Static<typeof nodeCondition>;

const systemText = {
  machineID: required(string('Id of the machine.')),
  systemUUID: required(string('Id of the hardware.')),
  bootID: required(string('Id of this boot.')),
  kernelVersion: required(string('Version of the kernel.')),
  osImage: required(string('Name of the operating system.')),
  containerRuntimeVersion: required(string('Name and version of the container runtime.')),
  kubeletVersion: required(string('Version of the agent.')),
  kubeProxyVersion: required(string('Version of the service proxy.')),
  operatingSystem: required(string('linux.')),
  architecture: required(string('amd64 or arm64.')),
};

const status = object(
  {
    capacity: resourceList('All that the node has.'),
    allocatable: resourceList('What machines may use of it.'),
    phase: string('No longer used.'),
    conditions: listOf(nodeCondition, 'How the node stands.', { keys: ['type'] }),
    addresses: listOf(
      object(
        { type: required(string('Hostname, InternalIP or ExternalIP.')), address: required(string('The address.')) },
        'An address of the node.',
        coreName('NodeAddress'),
      ),
      'Addresses of the node.',
      { keys: ['type'] },
    ),
    daemonEndpoints: object(
      {
        kubeletEndpoint: object(
          { Port: required(int32('Port number.')) },
          'Port of the agent.',
          coreName('DaemonEndpoint'),
        ),
      },
      'Ports of daemons.',
      coreName('NodeDaemonEndpoints'),
    ),
    nodeInfo: object(
      {
        ...systemText,
        swap: object({ capacity: int64('Bytes of swap.') }, 'Swap.', coreName('NodeSwapStatus')),
      },
      'Facts about the node.',
      coreName('NodeSystemInfo'),
    ),
    images: listOf(
      object(
        { names: listOf(string(), 'Names of the image.'), sizeBytes: int64('Size in bytes.') },
        'An image on the node.',
        coreName('ContainerImage'),
      ),
      'Images on the node.',
    ),
    volumesInUse: listOf(string(), 'Volumes that machines of the node use.'),
    volumesAttached: listOf(
      object(
        { name: required(string('Name of the volume.')), devicePath: required(string('Device.')) },
        'An attached volume.',
        coreName('AttachedVolume'),
      ),
      'Volumes attached to the node.',
    ),
    config: object(
      { assigned: configSource, active: configSource, lastKnownGood: configSource, error: string('What went wrong.') },
      'Settings in use; no longer used.',
      coreName('NodeConfigStatus'),
    ),
    runtimeHandlers: listOf(
      object(
        {
          name: string('Name; empty for the default.'),
          features: object(
            {
              recursiveReadOnlyMounts: boolean('Recursive read-only mounts.'),
              userNamespaces: boolean('User namespaces.'),
            },
            'What it can do.',
            coreName('NodeRuntimeHandlerFeatures'),
          ),
        },
        'A way to run containers.',
        coreName('NodeRuntimeHandler'),
      ),
      'Ways to run containers.',
    ),
    features: object(
      { supplementalGroupsPolicy: boolean('supplementalGroupsPolicy is honoured.') },
      'What the node can do.',
      coreName('NodeFeatures'),
    ),
    declaredFeatures: listOf(string(), 'Features that the node says it has.'),
  },
  'How the node stands.',
  coreName('NodeStatus'),
);

const body = object({ spec, status });
export type Node = KindOf<Static<typeof body>>;

/** A node that sleeps is not ready on purpose. */
const sleepWords: Readonly<Record<string, string>> = { asleep: 'Asleep', waking: 'Waking' };

function statusWord(item: Node): string {
  const ready = item.status?.conditions?.find(({ type }) => type === 'Ready');
  const awake = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  const word = awake === 'NotReady' ? (sleepWords[sleepOf(item) ?? ''] ?? awake) : awake;
  return item.spec?.unschedulable ? `${word},SchedulingDisabled` : word;
}

const ROLE_PREFIX = 'node-role.kubernetes.io/';

/** Roles are labels: `node-role.kubernetes.io/<role>`, or the value of `kubernetes.io/role`. */
function roles({ metadata }: Node): string {
  const found = Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => {
    if (key.startsWith(ROLE_PREFIX) && key.length > ROLE_PREFIX.length) return [key.slice(ROLE_PREFIX.length)];
    return key === 'kubernetes.io/role' && value !== '' ? [value] : [];
  });
  return joined([...new Set(found)].sort());
}

function addressOf(item: Node, wanted: string): string {
  return item.status?.addresses?.find(({ type }) => type === wanted)?.address ?? NONE;
}

export const node = defineKind({
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  shortNames: ['no'],
  namespaced: false,
  description: 'A host that machines run on.',
  body,
  hasGeneration: false,
  defaults: (draft) => {
    draft.spec ??= {};
    draft.status ??= {};
  },
  validate: ({ spec }) => {
    const faults = new Faults();
    const taints = spec?.taints ?? [];
    eachItem(taints, 'spec.taints', ({ key, value = '', effect }, path) => {
      faults.check(`${path}.key`, key, qualifiedNameFault);
      faults.check(`${path}.value`, value, labelValueFault);
      if (key === asleepTaint && (effect !== 'NoSchedule' || !sleeps.includes(value as Sleep)))
        faults.invalid(
          path,
          { value, effect },
          `must be ${sleeps.join(' or ')}, with effect NoSchedule: it says that the host is off`,
        );
    });
    faults.distinct(
      taints,
      ({ key, effect }) => `${key}:${effect}`,
      (index) => `spec.taints[${index}]`,
    );
    return faults.causes;
  },
  columns: [
    textColumn('Status', 'How the node is.', statusWord),
    textColumn('Roles', 'What the node is for.', roles),
    {
      ...textColumn('Age', 'Time since creation.', (item: Node) => item.metadata.creationTimestamp ?? ''),
      type: 'date' as const,
    },
    textColumn('Version', 'Version of the agent.', (item: Node) => item.status?.nodeInfo?.kubeletVersion ?? ''),
    wide(textColumn('Internal-IP', 'Address inside.', (item: Node) => addressOf(item, 'InternalIP'))),
    wide(textColumn('External-IP', 'Address outside.', (item: Node) => addressOf(item, 'ExternalIP'))),
    wide(textColumn('OS-Image', 'Operating system.', (item: Node) => item.status?.nodeInfo?.osImage || '<unknown>')),
    wide(
      textColumn(
        'Kernel-Version',
        'Version of the kernel.',
        (item: Node) => item.status?.nodeInfo?.kernelVersion || '<unknown>',
      ),
    ),
    wide(
      textColumn(
        'Container-Runtime',
        'Runtime and version.',
        (item: Node) => item.status?.nodeInfo?.containerRuntimeVersion || '<unknown>',
      ),
    ),
  ],
  selectableFields: { 'spec.unschedulable': (item) => String(item.spec?.unschedulable ?? false) },
  subresources: { status: true, others: ['proxy'] },
});
