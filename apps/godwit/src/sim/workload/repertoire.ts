import type { Random } from '@godwit/base';
import type { Address, Patch } from '@godwit/kinds';
import {
  budgetManifest,
  claimManifest,
  dataVolumeManifest,
  deploymentManifest,
  gangManifests,
  instanceSetManifest,
  type Manifest,
  machineManifest,
  namespaceManifests,
  podManifest,
  poolManifest,
  serviceManifest,
  urgentManifest,
} from './manifests.ts';
import {
  autoscalerManifest,
  balanceManifest,
  elasticManifest,
  otherBalance,
  otherBounds,
  type Scalable,
} from './policies.ts';

export type Resource = Pick<Address, 'group' | 'version' | 'plural'>;

/** What a user has in mind while making something. */
export interface Choice {
  readonly random: Random;
  readonly app: string;
  /** A claim of theirs that is there. */
  readonly claim: string | undefined;
  /** Something of theirs whose number can be changed. */
  readonly scalable: Scalable;
}

/** A change that a user asks for of something that is there, once it is there: who makes it does not matter to them. */
export interface Order {
  readonly words: string;
  readonly group?: string;
  readonly plural?: string;
  readonly subresource?: string;
  readonly patch?: Patch;
  /** What is created at `subresource`. Where both are absent it is an order to a machine. */
  readonly body?: object;
}

/** Something that users make. */
export interface Offer {
  readonly resource: Resource;
  /** Most of them that one user has at a time. */
  readonly most: number;
  /** The first is what the user keeps in mind, unless they are alike; the others come with it. */
  readonly make: (name: string, choice: Choice) => readonly Manifest[];
  readonly order?: (name: string, random: Random, hosts: readonly string[]) => Order;
  /** It is of no namespace. */
  readonly everywhere?: boolean;
  /** It changes the number of others' machines. */
  readonly scales?: boolean;
  /** It moves machines and switches hosts. */
  readonly balances?: boolean;
}

const core = (plural: string): Resource => ({ group: '', version: 'v1', plural });
const kubevirt = (plural: string): Resource => ({ group: 'kubevirt.io', version: 'v1', plural });

export function pick<T>(values: readonly T[], random: Random): T {
  return values[random.integer(values.length)] as T;
}

const merge = (words: string, body: object): Order => ({ words, patch: { type: 'merge', body } });

const scaled =
  (most: number) =>
  (_name: string, random: Random): Order => {
    const replicas = random.integer(most + 1);
    return { ...merge(`scale to ${replicas}`, { spec: { replicas } }), subresource: 'scale' };
  };

function podOf(name: string, { random, app, claim }: Choice): Manifest {
  const byHand = random.next() < 0.4;
  const lasting = random.next() < 0.6;
  return podManifest(name, {
    app,
    image: lasting ? pick(['web', 'stubborn'], random) : pick(['brief', 'failing'], random),
    restartPolicy: lasting ? 'Always' : 'Never',
    byHand,
    ...(claim && !byHand && { claim }),
  });
}

function machineOf(name: string, { random, app, claim }: Choice): Manifest {
  const strategy = pick(['Always', 'Always', 'RerunOnFailure', 'Manual', 'Halted'], random);
  const data = random.next() < 0.5 ? claim : undefined;
  return machineManifest(random.next() < 0.15 ? `deaf-${name}` : name, app, strategy, data);
}

/** Orders to what runs, or a change of what it should be like. */
function machineOrder(name: string, random: Random, hosts: readonly string[]): Order {
  const words = pick(['start', 'stop', 'restart', 'pause', 'unpause', 'softreboot', 'resize', 'move', 'move'], random);
  if (words === 'move') {
    const target = { apiVersion: 'v1', kind: 'Node', name: pick(hosts, random) };
    const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace: 'default' }, target };
    return { words: `move to ${target.name}`, plural: 'virtualmachineinstances', subresource: 'move', body };
  }
  if (words === 'resize') {
    const [sockets, guest] = [1 + random.integer(3), pick(['64Mi', '96Mi', '128Mi', '192Mi'], random)];
    const domain = { cpu: { sockets }, memory: { guest } };
    return merge(`give ${sockets} sockets and ${guest} to`, { spec: { template: { spec: { domain } } } });
  }
  const plural = ['start', 'stop', 'restart'].includes(words) ? 'virtualmachines' : 'virtualmachineinstances';
  return { words, group: 'subresources.kubevirt.io', plural, subresource: words };
}

function resized(_name: string, random: Random): Order {
  const requests = { cpu: pick(['40m', '60m', '80m'], random) };
  const body = { spec: { containers: [{ name: 'main', resources: { requests } }] } };
  return { words: `resize to ${requests.cpu}`, subresource: 'resize', patch: { type: 'strategic', body } };
}

/** Rolls out another version of what is in a namespace. */
function changedContent(_name: string, random: Random): Order {
  const env = [{ name: 'VERSION', value: String(random.integer(1_000_000)) }];
  const body = { spec: { template: { spec: { containers: [{ name: 'main', env }] } } } };
  return { words: 'change what is in', group: 'apps', plural: 'deployments', patch: { type: 'strategic', body } };
}

export const deployments: Resource = { group: 'apps', version: 'v1', plural: 'deployments' };

export const deploymentOffer: Offer = {
  resource: deployments,
  most: 2,
  make: (name, { random, app }) => [
    deploymentManifest(name, app, 1 + random.integer(3), pick(['web', 'web', 'stubborn'], random)),
  ],
};

export const claimOffer: Offer = {
  resource: core('persistentvolumeclaims'),
  most: 1,
  make: (name) => [claimManifest(name)],
};

export const budgetOffer: Offer = {
  resource: { group: 'policy', version: 'v1', plural: 'poddisruptionbudgets' },
  most: 1,
  make: (name, { app }) => [budgetManifest(name, app)],
  order: (_name, random) => merge('change', { spec: { minAvailable: random.integer(3) } }),
};

export const machineOffer: Offer = {
  resource: kubevirt('virtualmachines'),
  most: 2,
  make: (...to) => [machineOf(...to)],
  order: machineOrder,
};

const godwit = (plural: string): Resource => ({ group: 'godwit.dev', version: 'v1alpha1', plural });

/** Policies that change the number of machines. */
export const scalers: readonly Offer[] = [
  {
    resource: { group: 'autoscaling', version: 'v2', plural: 'horizontalpodautoscalers' },
    most: 2,
    make: (name, { scalable, random }) => [autoscalerManifest(name, scalable, random)],
    order: (_name, random) => merge('set other bounds for', { spec: otherBounds(random) }),
    scales: true,
  },
  {
    resource: godwit('elasticpolicies'),
    most: 1,
    make: (name, { scalable, random }) => [elasticManifest(name, scalable, random)],
    order: (_name, random) => merge('set other bounds for', { spec: { out: otherBounds(random) } }),
    scales: true,
  },
];

export const balanceOffer: Offer = {
  resource: godwit('balancepolicies'),
  most: 1,
  make: (name, { random }) => [balanceManifest(name, random)],
  order: (_name, random) => {
    const { words, spec } = otherBalance(random);
    return merge(words, { spec });
  },
  everywhere: true,
  balances: true,
};

/** Everything that users make. */
const repertoire: readonly Offer[] = [
  deploymentOffer,
  claimOffer,
  machineOffer,
  { resource: core('pods'), most: 3, make: (...to) => [podOf(...to)], order: resized },
  {
    resource: core('services'),
    most: 2,
    make: (name, { random, app }) => [
      serviceManifest(name, app, pick(['ClusterIP', 'NodePort', 'LoadBalancer'], random)),
    ],
  },
  { resource: core('pods'), most: 1, make: (name, { app }) => [urgentManifest(name, app)] },
  { resource: core('pods'), most: 2, make: (name, { app }) => gangManifests(name, app, 2) },
  budgetOffer,
  {
    resource: kubevirt('virtualmachineinstancereplicasets'),
    most: 1,
    make: (name, { app, random }) => [instanceSetManifest(name, app, 1 + random.integer(2))],
    order: scaled(2),
  },
  {
    resource: { group: 'pool.kubevirt.io', version: 'v1beta1', plural: 'virtualmachinepools' },
    most: 1,
    make: (name, { app, random }) => [poolManifest(name, app, 1 + random.integer(2))],
    order: scaled(2),
  },
  {
    resource: { group: 'cdi.kubevirt.io', version: 'v1beta1', plural: 'datavolumes' },
    most: 1,
    make: (name) => [dataVolumeManifest(name)],
  },
  { resource: core('namespaces'), most: 1, make: namespaceManifests, order: changedContent, everywhere: true },
  ...scalers,
  balanceOffer,
];

/** How many kinds of things the users of one cloud make: what comes alone shows what a crowd would hide. */
const KINDS_AT_ONCE = 5;

/** What the users of one cloud make. */
export function drawRepertoire(random: Random): readonly Offer[] {
  const left = [...repertoire];
  const drawn = Array.from({ length: KINDS_AT_ONCE }, () => left.splice(random.integer(left.length), 1)).flat();
  // A policy without anything to scale shows little.
  const lacks = drawn.some(({ scales }) => scales) && !drawn.includes(deploymentOffer);
  return lacks ? [...drawn, deploymentOffer] : drawn;
}

/** Where a manifest goes: its kind's resource, and its namespace if it has one. */
export function placeOf({ kind, metadata }: Manifest, resource: Resource): Address {
  const { namespace } = metadata;
  return { ...(contents[kind] ?? resource), ...(namespace !== undefined && { namespace }) };
}

/** What comes along in a namespace. */
const contents: Readonly<Record<string, Resource>> = {
  ResourceQuota: core('resourcequotas'),
  LimitRange: core('limitranges'),
  Deployment: deployments,
  VirtualMachineInstanceReplicaSet: kubevirt('virtualmachineinstancereplicasets'),
  PersistentVolumeClaim: core('persistentvolumeclaims'),
};
