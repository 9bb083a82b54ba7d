import { type ApiClient, type KindCache, sameJson } from '@godwit/client';
import {
  type EndpointSlice,
  type Endpoints,
  endpointSlice,
  endpoints,
  hasLabels,
  type KubeObject,
  type Pod,
  pod,
  type Service,
  type Stored,
  service,
  type VirtualMachineInstance,
  virtualMachineInstance,
} from '@godwit/kinds';
import { controllerReference, nameOf, namespacedName, wake } from '../framework/index.ts';
import { done, type Outcome, type Reconciler, type Wake } from '../reconciler.ts';
import { backendOfInstance, backendOfPod } from './backend.ts';
import { type EndpointGroup, endpointGroups } from './endpoint-groups.ts';
import { subsetsOf } from './endpoints-of.ts';
import { planSlices, type SliceContent } from './plan-slices.ts';

const SERVICE_LABEL = 'kubernetes.io/service-name';
const MANAGED_BY_LABEL = 'endpointslice.kubernetes.io/managed-by';
const MANAGER = 'endpointslice-controller.k8s.io';
const HEADLESS_LABEL = 'service.kubernetes.io/headless';

/** Index: machines by each of their labels, `namespace/key=value`. */
const BY_LABEL = 'label';
const BY_SERVICE = 'service';

function labelPairs({ metadata }: KubeObject): readonly string[] {
  return Object.entries(metadata.labels ?? {}).map(([key, value]) => `${metadata.namespace}/${key}=${value}`);
}

function serviceOfSlice({ metadata }: EndpointSlice): readonly string[] {
  const { [SERVICE_LABEL]: name, [MANAGED_BY_LABEL]: manager } = metadata.labels ?? {};
  return name && manager === MANAGER ? [`${metadata.namespace}/${name}`] : [];
}

export class EndpointSliceReconciler implements Reconciler {
  readonly name = 'endpoint-slice';
  readonly wakes: readonly Wake[];
  readonly #client: ApiClient;
  readonly #services: KindCache<Service>;
  readonly #pods: KindCache<Pod>;
  readonly #instances: KindCache<VirtualMachineInstance>;
  readonly #slices: KindCache<EndpointSlice>;
  readonly #endpoints: KindCache<Endpoints>;

  constructor(client: ApiClient) {
    this.#client = client;
    this.#services = client.cache(service);
    this.#pods = client.cache(pod, { [BY_LABEL]: labelPairs });
    this.#instances = client.cache(virtualMachineInstance, { [BY_LABEL]: labelPairs });
    this.#slices = client.cache(endpointSlice, { [BY_SERVICE]: serviceOfSlice });
    this.#endpoints = client.cache(endpoints);
    this.wakes = [
      wake(this.#services),
      wake(this.#pods, (machine) => this.#servicesOf(machine)),
      wake(this.#instances, (machine) => this.#servicesOf(machine)),
      wake(this.#slices, serviceOfSlice),
      wake(this.#endpoints, (item) => (this.#services.get(namespacedName(nameOf(item))) ? [nameOf(item)] : [])),
    ];
  }

  async reconcile(name: string, signal: AbortSignal): Promise<Outcome> {
    const item = this.#services.get(namespacedName(name));
    // What a service without selector answers with is its user's business; a gone one's slices go with it.
    if (!item || item.metadata.deletionTimestamp || item.spec.type === 'ExternalName') return done;
    if (Object.keys(item.spec.selector ?? {}).length === 0) return done;
    const groups = this.#observe(item);
    await this.#writeSlices(item, groups, signal);
    await this.#writeEndpoints(item, groups);
    return done;
  }

  #servicesOf({ metadata }: KubeObject): readonly string[] {
    const inNamespace = [...this.#services.values(metadata.namespace)];
    return inNamespace.filter(({ spec }) => hasLabels(spec.selector, metadata.labels)).map(nameOf);
  }

  #selected<T extends KubeObject>(cache: KindCache<T>, item: Service): readonly Stored<T>[] {
    const [key = '', value = ''] = Object.entries(item.spec.selector ?? {})[0] ?? [];
    const candidates = cache.by(BY_LABEL, `${item.metadata.namespace}/${key}=${value}`);
    return [...candidates].filter(({ metadata }) => hasLabels(item.spec.selector, metadata.labels));
  }

  #observe(item: Service): readonly EndpointGroup[] {
    const backends = [
      ...this.#selected(this.#pods, item).map(backendOfPod),
      ...this.#selected(this.#instances, item).map(backendOfInstance),
    ];
    return endpointGroups(
      item,
      backends.filter((backend) => backend !== undefined),
    );
  }

  async #writeSlices(item: Stored<Service>, groups: readonly EndpointGroup[], signal: AbortSignal): Promise<void> {
    const existing = [...this.#slices.by(BY_SERVICE, nameOf(item))];
    const { create, update, remove } = planSlices(groups, existing);
    const slices = this.#client.resource(endpointSlice);
    // First what leads to machines, then what leads nowhere any more: nobody is ever missing in between.
    const written = await Promise.all([
      ...update.map(({ slice, content }) => slices.update({ ...slice, ...content })),
      ...create.map((content) => slices.create(newSlice(item, content))),
    ]);
    await Promise.all(remove.map((slice) => slices.delete(slice.metadata)));
    for (const { metadata } of written) await this.#slices.reached(metadata.resourceVersion, signal);
  }

  async #writeEndpoints(item: Stored<Service>, groups: readonly EndpointGroup[]): Promise<void> {
    const known = this.#endpoints.get(item.metadata);
    const subsets = subsetsOf(groups);
    if (known) {
      if (sameJson(known.subsets ?? [], subsets)) return;
      await this.#client.resource(endpoints).update({ ...known, subsets });
      return;
    }
    const { name, namespace, labels } = item.metadata;
    const headless = item.spec.clusterIP === 'None' && { [HEADLESS_LABEL]: '' };
    await this.#client.resource(endpoints).create({
      metadata: {
        name,
        ...(namespace && { namespace }),
        labels: { ...labels, ...headless },
        ownerReferences: [controllerReference(item, service)],
      },
      subsets,
    });
  }
}

function newSlice(item: Stored<Service>, content: SliceContent) {
  const { name, namespace, labels } = item.metadata;
  return {
    metadata: {
      generateName: `${name}-`,
      ...(namespace && { namespace }),
      labels: {
        ...labels,
        ...(item.spec.clusterIP === 'None' && { [HEADLESS_LABEL]: '' }),
        [SERVICE_LABEL]: name,
        [MANAGED_BY_LABEL]: MANAGER,
      },
      ownerReferences: [controllerReference(item, service)],
    },
    addressType: 'IPv4' as const,
    ...content,
  };
}
