import type { KubeObject } from '@godwit/kinds';

/** Objects as users write them. Small, so that many of them fit on one simulated host. */
export type Manifest = Omit<KubeObject, 'metadata'> & {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
  };
  readonly [field: string]: unknown;
};

const NAMESPACE = 'default';
const SMALL = { requests: { cpu: '50m', memory: '32Mi' } };
/** Nobody is pushed out for others whom a user relies on to stay: only what is made again by itself may be. */
const LASTING = { priorityClassName: 'system-node-critical' };
const URGENT = { priorityClassName: 'system-cluster-critical' };
const LARGE = '1400Mi';
/** All that a namespace of a user may have: two pods, two guests and one claim, to the byte. */
const QUOTA = {
  pods: '2',
  'count/virtualmachineinstances.kubevirt.io': '2',
  'requests.memory': '160Mi',
  persistentvolumeclaims: '1',
  'requests.storage': '1Gi',
};
/** The scheduler of pods that their users bind to hosts themselves. */
export const BY_HAND = 'by-hand';

interface PodSpec {
  readonly schedulerName?: string;
  readonly containers?: readonly { readonly resources?: { readonly requests?: { readonly memory?: string } } }[];
}

export function isBoundByHand({ spec }: Manifest): boolean {
  return (spec as PodSpec | undefined)?.schedulerName === BY_HAND;
}

/** Whether it is a pod of the size for which others may have to wait. */
export function isLarge({ spec }: Manifest): boolean {
  return (spec as PodSpec | undefined)?.containers?.[0]?.resources?.requests?.memory === LARGE;
}

function container(image: string, version: number, memory?: string) {
  const resources = memory === undefined ? SMALL : { requests: { cpu: '50m', memory } };
  return { name: 'main', image, resources, env: [{ name: 'VERSION', value: String(version) }] };
}

export function podTemplate(app: string, image: string, version: number) {
  return {
    metadata: { labels: { app } },
    spec: { terminationGracePeriodSeconds: 6, containers: [container(image, version)] },
  };
}

export function deploymentManifest(name: string, app: string, replicas: number, image: string): Manifest {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: NAMESPACE },
    spec: { replicas, selector: { matchLabels: { app, of: name } }, template: template(name, app, image) },
  };
}

function template(name: string, app: string, image: string) {
  const made = podTemplate(app, image, 1);
  return { ...made, metadata: { labels: { app, of: name } } };
}

export interface PodChoices {
  readonly app: string;
  readonly image: string;
  readonly restartPolicy: string;
  readonly claim?: string;
  /** Bound by the user, not by the scheduler. */
  readonly byHand?: boolean;
}

export function podManifest(name: string, choices: PodChoices): Manifest {
  const { app, image, restartPolicy, claim, byHand } = choices;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: NAMESPACE, labels: { app } },
    spec: {
      restartPolicy,
      terminationGracePeriodSeconds: 4,
      containers: [container(image, 1, byHand ? LARGE : undefined)],
      ...LASTING,
      ...(byHand && { schedulerName: BY_HAND }),
      ...(claim && { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: claim } }] }),
    },
  };
}

/** A pod that takes much room, and pushes others out for it. */
export function urgentManifest(name: string, app: string): Manifest {
  const spec = { terminationGracePeriodSeconds: 4, containers: [container('web', 1, LARGE)], ...URGENT };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: NAMESPACE, labels: { app } }, spec };
}

/** Pods of which all run or none. */
export function gangManifests(name: string, app: string, size: number): readonly Manifest[] {
  return Array.from({ length: size }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${name}-${index}`,
      namespace: NAMESPACE,
      labels: { app, 'kueue.x-k8s.io/pod-group-name': name },
      annotations: { 'kueue.x-k8s.io/pod-group-total-count': String(size) },
    },
    spec: { terminationGracePeriodSeconds: 4, containers: [container('web', 1)], ...LASTING },
  }));
}

export function machineManifest(name: string, app: string, runStrategy: string, claim?: string): Manifest {
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachine',
    metadata: { name, namespace: NAMESPACE },
    spec: { runStrategy, template: { metadata: { labels: { app } }, spec: guest('128Mi', claim) } },
  };
}

function guest(memory: string, claim?: string) {
  const data = claim ? [{ name: 'data', persistentVolumeClaim: { claimName: claim } }] : [];
  return {
    terminationGracePeriodSeconds: 6,
    domain: {
      cpu: { cores: 1 },
      memory: { guest: memory },
      devices: {
        disks: ['root', ...data.map(() => 'data')].map((disk) => ({ name: disk, disk: { bus: 'virtio' } })),
        interfaces: [{ name: 'default', masquerade: {} }],
      },
    },
    networks: [{ name: 'default', pod: {} }],
    volumes: [{ name: 'root', containerDisk: { image: 'localhost/godwit/tiny:latest' } }, ...data],
  };
}

/** Guests of which so many run. */
export function instanceSetManifest(name: string, app: string, replicas: number): Manifest {
  const labels = { app, of: name };
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstanceReplicaSet',
    metadata: { name, namespace: NAMESPACE },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: guest('64Mi') } },
  };
}

/** Virtual machines of which so many exist. */
export function poolManifest(name: string, app: string, replicas: number): Manifest {
  const labels = { app, of: name };
  const template = { metadata: { labels }, spec: guest('64Mi') };
  return {
    apiVersion: 'pool.kubevirt.io/v1beta1',
    kind: 'VirtualMachinePool',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      virtualMachineTemplate: { metadata: { labels }, spec: { runStrategy: 'Always', template } },
    },
  };
}

export function budgetManifest(name: string, app: string): Manifest {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace: NAMESPACE },
    spec: { minAvailable: 1, selector: { matchLabels: { app } } },
  };
}

/** A volume that is filled before anybody uses it. */
export function dataVolumeManifest(name: string): Manifest {
  return {
    apiVersion: 'cdi.kubevirt.io/v1beta1',
    kind: 'DataVolume',
    metadata: {
      name,
      namespace: NAMESPACE,
      annotations: { 'cdi.kubevirt.io/storage.bind.immediate.requested': '' },
    },
    spec: { source: { blank: {} }, storage: { resources: { requests: { storage: '1Gi' } } } },
  };
}

/**
 * A namespace with little to give, and what takes all of it: two pods, two guests of a set, one claim. A change of them
 * finds no room for a third.
 */
export function namespaceManifests(name: string): readonly Manifest[] {
  const metadata = { name, namespace: name };
  const labels = { of: name };
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } };
  const pod = { terminationGracePeriodSeconds: 6, containers: [{ name: 'main', image: 'web' }] };
  const spec = {
    replicas: 2,
    strategy,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: pod },
  };
  const limit = { type: 'Container', defaultRequest: { cpu: '20m', memory: '16Mi' } };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { made: 'by-a-user' } } },
    { apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard: QUOTA } },
    { apiVersion: 'v1', kind: 'LimitRange', metadata, spec: { limits: [limit] } },
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec },
    { ...instanceSetManifest(name, name, 2), metadata },
    { ...claimManifest(name), metadata },
    // There is no room for it.
    { ...claimManifest(`${name}-too-much`), metadata: { name: `${name}-too-much`, namespace: name } },
  ];
}

export function serviceManifest(name: string, app: string, type: string): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: NAMESPACE },
    spec: { type, selector: { app }, ports: [{ port: 80, targetPort: 8080 }] },
  };
}

export function claimManifest(name: string): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: NAMESPACE },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  };
}
