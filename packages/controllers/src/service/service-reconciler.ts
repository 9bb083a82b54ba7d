import { timestamp } from '@godwit/base';
import { type ApiClient, EventRecorder, type KindCache, sameJson } from '@godwit/client';
import {
  externalAddresses,
  type IPAddress,
  ipAddress,
  type Node,
  node,
  type Service,
  servedAddressesAnnotation,
  service,
  serviceOfAddress,
} from '@godwit/kinds';
import { nameOf, namespacedName, wake } from '../framework/index.ts';
import { done, type Outcome, type Reconciler, type Wake } from '../reconciler.ts';
import { loadBalancerStatus } from './load-balancer-status.ts';

/** Index: addresses by the Service that they were given to. */
const BY_SERVICE = 'service';

function serviceNames(address: IPAddress): string[] {
  const name = serviceOfAddress(address);
  return name === undefined ? [] : [name];
}

/** Writes `status.loadBalancer` and the condition `LoadBalancerReady` of Services. */
export class ServiceReconciler implements Reconciler {
  readonly name = 'service-load-balancer';
  readonly wakes: readonly Wake[];
  readonly #client: ApiClient;
  readonly #events: EventRecorder;
  readonly #services: KindCache<Service>;
  readonly #addresses: KindCache<IPAddress>;
  readonly #nodes: KindCache<Node>;

  constructor(client: ApiClient) {
    this.#client = client;
    this.#events = new EventRecorder(client, 'service-controller');
    this.#services = client.cache(service);
    this.#addresses = client.cache(ipAddress, { [BY_SERVICE]: serviceNames });
    this.#nodes = client.cache(node);
    this.wakes = [
      wake(this.#services),
      wake(this.#addresses, serviceNames),
      wake(this.#nodes, (each) => (servedBy(each) ?? []).flatMap((address) => this.#servicesAt(address))),
    ];
  }

  #servicesAt(name: string): string[] {
    const address = this.#addresses.get({ name });
    return address ? serviceNames(address) : [];
  }

  async reconcile(name: string): Promise<Outcome> {
    const known = this.#services.get(namespacedName(name));
    if (!known || known.metadata.deletionTimestamp !== undefined) return done;
    if (sameJson(this.#decide(known), known.status ?? {})) return done;
    const written = await this.#client.resource(service).modify(
      namespacedName(name),
      (draft) => {
        draft.status = structuredClone(this.#decide(draft as Service)) as NonNullable<typeof draft.status>;
      },
      { subresource: 'status' },
    );
    this.#tell(known, written);
    return done;
  }

  #decide(of: Service): NonNullable<Service['status']> {
    const addresses = externalAddresses(of, this.#addresses.by(BY_SERVICE, nameOf(of)));
    const now = timestamp(this.#client.world.clock);
    return loadBalancerStatus(of, { addresses, served: this.#served(), now });
  }

  /** What all nodes together serve; undefined when none has said anything. */
  #served(): ReadonlySet<string> | undefined {
    const told = [...this.#nodes.values()].map(servedBy).filter((addresses) => addresses !== undefined);
    return told.length === 0 ? undefined : new Set(told.flat());
  }

  /** Reasons are those of Kubernetes' own service controller. */
  #tell(before: Service, after: Service): void {
    const [had, has] = [before, after].map((each) => ingressOf(each).join(', '));
    if (had === has) return;
    if (has) this.#events.normal(after, 'EnsuredLoadBalancer', `reached at ${has}`);
    else if (after.spec.type === 'LoadBalancer')
      this.#events.warning(after, 'LoadBalancerLost', `no node serves ${had}`);
    else this.#events.normal(after, 'DeletedLoadBalancer', `no longer reached at ${had}`);
  }
}

function ingressOf({ status }: Service): string[] {
  return (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? []);
}

/** What a node's agent says that it serves; undefined when it says nothing about it. */
function servedBy({ metadata }: Node): readonly string[] | undefined {
  const text = metadata.annotations?.[servedAddressesAnnotation];
  if (text === undefined) return undefined;
  try {
    const addresses: unknown = JSON.parse(text);
    return Array.isArray(addresses) ? addresses.filter((address) => typeof address === 'string') : [];
  } catch {
    return [];
  }
}
