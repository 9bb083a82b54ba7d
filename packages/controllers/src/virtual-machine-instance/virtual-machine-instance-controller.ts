import { timestamp } from '@godwit/base';
import { type ApiClient, EventRecorder, sameJson } from '@godwit/client';
import {
  claimNames,
  dataVolume,
  instanceFinalizer,
  isFinal,
  isNotFound,
  isOutOfService,
  type Node,
  node,
  persistentVolumeClaim,
  type Stored,
  type VirtualMachineInstance,
  virtualMachineInstance,
} from '@godwit/kinds';
import { nameOf, namespacedName, wake } from '../framework/index.ts';
import { done, type Outcome, type Reconciler, type Wake } from '../reconciler.ts';
import { decide } from './decide.ts';

const BY_CLAIM = 'claim';
const BY_HOST = 'host';

/** Whether anything will be heard from a host again. */
function speaks(host: Node | undefined): boolean {
  return host !== undefined && !isOutOfService(host);
}

/** Looks after instances where no host does. */
export class VirtualMachineInstanceController implements Reconciler {
  readonly name = 'virtual-machine-instance';
  readonly wakes: readonly Wake[];
  readonly #client: ApiClient;
  readonly #events: EventRecorder;

  constructor(client: ApiClient) {
    this.#client = client;
    this.#events = new EventRecorder(client, 'virtualmachineinstance-controller');
    const instances = client.cache(virtualMachineInstance, {
      // Only those without a host wait for claims.
      [BY_CLAIM]: ({ metadata, spec, status }) =>
        status?.nodeName ? [] : claimNames(spec).map((claim) => `${metadata.namespace}/${claim}`),
      [BY_HOST]: ({ status }) => (status?.nodeName ? [status.nodeName] : []),
    });
    const users = (object: Parameters<typeof nameOf>[0]) => [...instances.by(BY_CLAIM, nameOf(object))].map(nameOf);
    const hosts = client.cache(node);
    this.wakes = [
      wake(instances),
      wake(client.cache(persistentVolumeClaim), users),
      wake(client.cache(dataVolume), users),
      wake(hosts, ({ metadata: { name = '' } }) =>
        speaks(hosts.get({ name })) ? [] : [...instances.by(BY_HOST, name)].map(nameOf),
      ),
    ];
  }

  async reconcile(name: string): Promise<Outcome> {
    const client = this.#client;
    const key = namespacedName(name);
    const instance = client.cache(virtualMachineInstance).get(key);
    if (!instance) return done;
    const { namespace = '' } = key;
    const decision = decide({
      instance,
      claim: (claim) => client.cache(persistentVolumeClaim).get({ namespace, name: claim }),
      dataVolume: (volume) => client.cache(dataVolume).get({ namespace, name: volume }),
      hostExists: (host) => speaks(client.cache(node).get({ name: host })),
      now: timestamp(client.world.clock),
    });
    let current = instance;
    if (decision.finalizer !== 'keep') current = await this.#setFinalizer(instance, decision.finalizer === 'add');
    if (!decision.status || sameJson(decision.status, current.status)) return done;
    const written = await client.resource(virtualMachineInstance).updateStatus({ ...current, status: decision.status });
    this.#tell(instance, written);
    return done;
  }

  async #setFinalizer(
    instance: Stored<VirtualMachineInstance>,
    wanted: boolean,
  ): Promise<Stored<VirtualMachineInstance>> {
    const others = (instance.metadata.finalizers ?? []).filter((finalizer) => finalizer !== instanceFinalizer);
    const finalizers = wanted ? [...others, instanceFinalizer] : others;
    try {
      const metadata = { ...instance.metadata, finalizers };
      return await this.#client.resource(virtualMachineInstance).update({ ...instance, metadata });
    } catch (error) {
      if (!wanted && isNotFound(error)) return instance;
      throw error;
    }
  }

  #tell(before: Stored<VirtualMachineInstance>, written: Stored<VirtualMachineInstance>): void {
    const missing = (object: VirtualMachineInstance) =>
      object.status?.conditions?.find(({ reason }) => reason === 'FailedPvcNotFound')?.message;
    const message = missing(written);
    if (message && message !== missing(before)) this.#events.warning(written, 'FailedPvcNotFound', message);
    if (isFinal(written)) this.#events.warning(written, 'NodeGone', `${written.status?.nodeName} no longer exists`);
  }
}
