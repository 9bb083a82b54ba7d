import { type Clock, timestamp } from '@godwit/base';
import { type Cache, type KindCache, type Resource, sameJson } from '@godwit/client';
import {
  externalAddresses,
  type IPAddress,
  type Node,
  type Service,
  servedAddressesAnnotation,
  serviceOfAddress,
} from '@godwit/kinds';
import { nameOf, namespacedName, wake } from '../framework/index.ts';
import { done, type Outcome, type Reconciler, type Wake } from '../reconciler.ts';
import { loadBalancerStatus } from './load-balancer-status.ts';

export interface ServiceReconcilerOptions {
  readonly clock: Clock;
  readonly services: Resource<Service>;
  readonly serviceCache: Cache<Service>;
  /** Gets an index by Service. */
  readonly addressCache: KindCache<IPAddress>;
  readonly nodeCache: Cache<Node>;
}

const BY_SERVICE = 'service';

function serviceNames(address: IPAddress): string[] {
  const name = serviceOfAddress(address);
  return name === undefined ? [] : [name];
}

/** Writes `status.loadBalancer` and the condition `LoadBalancerReady` of Services. */
export class ServiceReconciler implements Reconciler {
  readonly name = 'service-load-balancer';
  readonly wakes: readonly Wake[];
  readonly #options: ServiceReconcilerOptions;

  constructor(options: ServiceReconcilerOptions) {
    this.#options = options;
    const { addressCache } = options;
    addressCache.addIndex(BY_SERVICE, serviceNames);
    this.wakes = [
      wake(options.serviceCache),
      wake(addressCache, serviceNames),
      wake(options.nodeCache, (node) =>
        (servedBy(node) ?? []).flatMap((name) => {
          const address = addressCache.get({ name });
          return address ? serviceNames(address) : [];
        }),
      ),
    ];
  }

  async reconcile(name: string): Promise<Outcome> {
    const { services, serviceCache, clock } = this.#options;
    const known = serviceCache.get(namespacedName(name));
    if (!known || known.metadata.deletionTimestamp !== undefined) return done;
    const decide = (service: Service) =>
      loadBalancerStatus(service, {
        addresses: this.#addresses(service),
        served: this.#served(),
        now: timestamp(clock),
      });
    if (sameJson(decide(known), known.status ?? {})) return done;
    await services.modify(
      namespacedName(name),
      (draft) => {
        draft.status = structuredClone(decide(draft as Service)) as NonNullable<typeof draft.status>;
      },
      { subresource: 'status' },
    );
    return done;
  }

  #addresses(service: Service): string[] {
    return externalAddresses(service, this.#options.addressCache.by(BY_SERVICE, nameOf(service)));
  }

  /** What all nodes together serve; undefined when none has said anything. */
  #served(): ReadonlySet<string> | undefined {
    const told = [...this.#options.nodeCache.values()].flatMap((node) => {
      const addresses = servedBy(node);
      return addresses === undefined ? [] : [addresses];
    });
    return told.length === 0 ? undefined : new Set(told.flat());
  }
}

function servedBy(node: Node): readonly string[] | undefined {
  const text = node.metadata.annotations?.[servedAddressesAnnotation];
  if (text === undefined) return undefined;
  try {
    const addresses: unknown = JSON.parse(text);
    return Array.isArray(addresses) ? addresses.filter((address) => typeof address === 'string') : [];
  } catch {
    return [];
  }
}
