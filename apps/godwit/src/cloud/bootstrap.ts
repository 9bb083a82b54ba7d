import type { Address, Door, KubeObject } from '@godwit/kinds';
import { isAlreadyExists, systemPriorityClasses } from '@godwit/kinds';
import { addressPlan, type Instance } from '../state-folder.ts';

/** Objects that every cloud starts with. Made when they are missing; what an administrator changed stays. */
export async function bootstrap(door: Door, instance: Instance): Promise<void> {
  await Promise.all(namespaces().map((object) => createMissing(door, object)));
  await Promise.all([...clusterObjects(instance)].map((object) => createMissing(door, object)));
}

/** An object with the plural of its kind. */
interface Seed {
  readonly plural: string;
  readonly object: KubeObject & Readonly<Record<string, unknown>>;
}

async function createMissing(door: Door, { plural, object }: Seed): Promise<void> {
  try {
    await door.create(addressOf(plural, object), object);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}

function addressOf(plural: string, { apiVersion, metadata }: KubeObject): Address {
  const [version = '', group = ''] = apiVersion.split('/').toReversed();
  return { group, version, plural, ...(metadata.namespace !== undefined && { namespace: metadata.namespace }) };
}

function namespaces(): Seed[] {
  return ['default', 'kube-system', 'kube-public', 'kube-node-lease'].map((name) => ({
    plural: 'namespaces',
    object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
  }));
}

function* clusterObjects(instance: Instance): Generator<Seed> {
  const plan = addressPlan(instance);
  yield {
    plural: 'networks',
    object: {
      apiVersion: 'godwit.dev/v1alpha1',
      kind: 'Network',
      metadata: { name: 'default' },
      spec: {
        subnet: plan.subnet,
        gateway: plan.gateway,
        serviceSubnet: plan.serviceSubnet,
        loadBalancerRange: plan.loadBalancerRange,
        dnsDomain: 'cluster.local',
        mtu: 1500,
      },
    },
  };
  yield {
    plural: 'storageclasses',
    object: {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'local', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      provisioner: 'godwit.dev/local',
      reclaimPolicy: 'Delete',
      volumeBindingMode: 'WaitForFirstConsumer',
      allowVolumeExpansion: true,
    },
  };
  for (const [name, value] of Object.entries(systemPriorityClasses)) {
    yield {
      plural: 'priorityclasses',
      object: { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value },
    };
  }
}

const apiMetadata = {
  name: 'kubernetes',
  namespace: 'default',
  labels: { component: 'apiserver', provider: 'godwit' },
};

/**
 * The Service through which machines reach the API. To be made after the network, because its address lies in the
 * service range, and before anybody is let in: the first Service of somebody else would take the address.
 * @param port where the API is going to listen
 */
export async function reserveApiService(door: Door, instance: Instance, port: number): Promise<void> {
  await createMissing(door, {
    plural: 'services',
    object: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: apiMetadata,
      spec: {
        type: 'ClusterIP',
        clusterIP: addressPlan(instance).apiServiceAddress,
        ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: port }],
      },
    },
  });
}

/** Where the API's Service leads: to the host's side of the uplink, once the API listens there. */
export async function publishApiEndpoints(door: Door, instance: Instance, port: number): Promise<void> {
  const plan = addressPlan(instance);
  const ports = [{ name: 'https', protocol: 'TCP', port }];
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...apiMetadata, labels: { ...apiMetadata.labels, 'kubernetes.io/service-name': 'kubernetes' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [plan.uplinkHostAddress], conditions: { ready: true } }],
    ports,
  };
  // The same in the older form, which clients still look for; the label says that no mirror of it is wanted.
  const endpoints = {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { ...apiMetadata, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [{ addresses: [{ ip: plan.uplinkHostAddress }], ports }],
  };
  await Promise.all([replaceOwn(door, 'endpointslices', slice), replaceOwn(door, 'endpoints', endpoints)]);
}

/** Writes an object of which all that is said here is the program's own: its port may be another one than before. */
async function replaceOwn(door: Door, plural: string, object: Seed['object']): Promise<void> {
  const address = { ...addressOf(plural, object), name: object.metadata.name ?? '' };
  await door.patch(address, { type: 'apply', body: object, force: true }, { fieldManager: 'godwit' });
}
