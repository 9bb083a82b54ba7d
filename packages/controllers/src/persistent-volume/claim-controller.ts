import { timestamp } from '@godwit/base';
import { type ApiClient, EventRecorder, sameJson } from '@godwit/client';
import {
  claimNames,
  isAlreadyExists,
  isNotFound,
  node,
  type PersistentVolumeClaim,
  type Pod,
  persistentVolume,
  persistentVolumeClaim,
  pod,
  type Stored,
  storageClass,
  type VirtualMachineInstance,
  virtualMachineInstance,
} from '@godwit/kinds';
import { nameOf, namespacedName, wake } from '../framework/index.ts';
import { after, done, type Outcome, type Reconciler, type Wake } from '../reconciler.ts';
import { chooseHost } from './choose-host.ts';
import { type ClaimDecision, decideClaim } from './claim-decision.ts';

const BY_USED_CLAIM = 'used-claim';
/** How soon a claim that cannot be answered is looked at again. */
const RETRY_MS = 30_000;

/** Gives claims their volumes, and keeps those that are in use. */
export class ClaimController implements Reconciler {
  readonly name = 'persistent-volume-claim';
  readonly wakes: readonly Wake[];
  readonly #client: ApiClient;
  readonly #events: EventRecorder;

  constructor(client: ApiClient) {
    this.#client = client;
    this.#events = new EventRecorder(client, 'persistentvolume-controller');
    const claims = client.cache(persistentVolumeClaim);
    const pods = client.cache(pod, { [BY_USED_CLAIM]: usedByPod });
    const instances = client.cache(virtualMachineInstance, { [BY_USED_CLAIM]: usedByInstance });
    const waiting = () => [...claims.values()].filter(({ status }) => status?.phase !== 'Bound').map(nameOf);
    this.wakes = [
      wake(claims),
      wake(client.cache(persistentVolume), ({ spec: { claimRef } }) =>
        claimRef ? [`${claimRef.namespace}/${claimRef.name}`] : waiting(),
      ),
      wake(client.cache(storageClass), waiting),
      // When the last user ends, a claim that is being deleted can go.
      wake(pods, claimsOfPod),
      wake(instances, claimsOfInstance),
    ];
    // Hosts change all the time; the retry below is soon enough for claims that wait for one.
    client.cache(node);
  }

  async reconcile(name: string, signal: AbortSignal): Promise<Outcome> {
    const client = this.#client;
    const claim = client.cache(persistentVolumeClaim).get(namespacedName(name));
    if (!claim) return done;
    const decision = decideClaim({
      claim,
      volumes: client.cache(persistentVolume).values(),
      volume: (volume) => client.cache(persistentVolume).get({ name: volume }),
      storageClasses: client.cache(storageClass).values(),
      host: (host) => client.cache(node).get({ name: host }),
      chooseHost: (within) => chooseHost(client, within),
      used: this.#isUsed(name) || (claim.metadata.deletionTimestamp !== undefined && (await this.#isReallyUsed(name))),
      now: timestamp(client.world.clock),
    });
    await this.#act(claim, decision, signal);
    const stuck = decision.status.phase === 'Pending' && decision.event?.warning && !claim.metadata.deletionTimestamp;
    return stuck && decision.event ? after(RETRY_MS, decision.event.message) : done;
  }

  #isUsed(name: string): boolean {
    const users = [
      this.#client.cache(pod).by(BY_USED_CLAIM, name),
      this.#client.cache(virtualMachineInstance).by(BY_USED_CLAIM, name),
    ];
    return users.some((some) => some[Symbol.iterator]().next().done === false);
  }

  /** Data hangs on this answer: before a claim is let go the API itself is asked, for caches may lag behind. */
  async #isReallyUsed(name: string): Promise<boolean> {
    const { namespace = '' } = namespacedName(name);
    const [pods, instances] = await Promise.all([
      this.#client.resource(pod).list({ namespace }),
      this.#client.resource(virtualMachineInstance).list({ namespace }),
    ]);
    return (
      pods.items.some((one) => usedByPod(one).includes(name)) ||
      instances.items.some((one) => usedByInstance(one).includes(name))
    );
  }

  async #act(claim: Stored<PersistentVolumeClaim>, decision: ClaimDecision, signal: AbortSignal): Promise<void> {
    await this.#prepareVolume(claim, decision, signal);
    let current = claim;
    const { metadata, spec } = decision.claim;
    if (!sameJson(metadata, claim.metadata) || !sameJson(spec, claim.spec)) {
      try {
        current = await this.#client.resource(persistentVolumeClaim).update({ ...claim, metadata, spec });
      } catch (error) {
        if (isNotFound(error)) return;
        throw error;
      }
    }
    if (claim.metadata.deletionTimestamp) return;
    if (!sameJson(decision.status, current.status)) {
      await this.#client.resource(persistentVolumeClaim).updateStatus({ ...current, status: decision.status });
    }
    const { event } = decision;
    if (event?.warning) this.#events.warning(claim, event.reason, event.message);
    // That nothing is to be done yet is said once, when the claim is first seen.
    else if (event && current !== claim) this.#events.normal(claim, event.reason, event.message);
  }

  async #prepareVolume(
    claim: Stored<PersistentVolumeClaim>,
    { create, reserve, grow }: ClaimDecision,
    signal: AbortSignal,
  ): Promise<void> {
    const volumes = this.#client.resource(persistentVolume);
    if (create) {
      try {
        const made = await volumes.create(create);
        await this.#client.cache(persistentVolume).reached(made.metadata.resourceVersion, signal);
      } catch (error) {
        // An earlier try has made it; its name says that it is for this claim.
        if (!isAlreadyExists(error)) throw error;
      }
    }
    if (reserve) {
      const { name, namespace = '', uid, resourceVersion } = claim.metadata;
      const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid, resourceVersion };
      await volumes.update({ ...reserve, spec: { ...reserve.spec, claimRef } });
    }
    if (grow) {
      const capacity = { ...grow.volume.spec.capacity, storage: grow.storage };
      await volumes.update({ ...grow.volume, spec: { ...grow.volume.spec, capacity } });
    }
  }
}

const hasEnded = (phase: string | undefined) => phase === 'Succeeded' || phase === 'Failed';

/** A machine without a host uses nothing yet, and will not be given one while its claim is on its way out. */
function usedByPod(machine: Pod): string[] {
  return machine.spec.nodeName && !hasEnded(machine.status?.phase) ? claimsOfPod(machine) : [];
}

function usedByInstance(machine: VirtualMachineInstance): string[] {
  return machine.status?.nodeName && !hasEnded(machine.status.phase) ? claimsOfInstance(machine) : [];
}

function claimsOfInstance({ metadata, spec }: VirtualMachineInstance): string[] {
  return claimNames(spec).map((claim) => `${metadata.namespace}/${claim}`);
}

function claimsOfPod({ metadata, spec }: Pod): string[] {
  return (spec.volumes ?? []).flatMap(({ name, persistentVolumeClaim: claim, ephemeral }) => {
    const claimName = ephemeral ? `${metadata.name}-${name}` : claim?.claimName;
    return claimName ? [`${metadata.namespace}/${claimName}`] : [];
  });
}
