import { timestamp } from '@godwit/base';
import { type ApiClient, EventRecorder, sameJson } from '@godwit/client';
import {
  claimNames,
  type DataVolume,
  dataVolume,
  isAlreadyExists,
  isFinal,
  persistentVolume,
  persistentVolumeClaim,
  pod,
  type Stored,
  storageClass,
  virtualMachineInstance,
} from '@godwit/kinds';
import { nameOf, namespacedName, ownersOf, wake } from '../framework/index.ts';
import { after, done, type Outcome, type Reconciler, type Wake } from '../reconciler.ts';
import { claimOfDataVolume } from './claim-of-data-volume.ts';
import { decide } from './decide.ts';
import { type FillOrder, fillOrderOf } from './fill-of-source.ts';

const BY_ORIGINAL = 'original';
const BY_CLAIM = 'data-volume-claim';
/** How soon a copy whose original is not ready is looked at again. */
const RETRY_MS = 10_000;

/** Fills volumes before they are used. */
export class DataVolumeController implements Reconciler {
  readonly name = 'data-volume';
  readonly wakes: readonly Wake[];
  readonly #client: ApiClient;
  readonly #events: EventRecorder;

  constructor(client: ApiClient) {
    this.#client = client;
    this.#events = new EventRecorder(client, 'datavolume-controller');
    const dataVolumes = client.cache(dataVolume, {
      [BY_ORIGINAL]: ({ spec: { source } }) => (source?.pvc ? [`${source.pvc.namespace}/${source.pvc.name}`] : []),
    });
    client.cache(pod, {
      [BY_CLAIM]: ({ metadata, spec, status }) =>
        status?.phase === 'Succeeded' || status?.phase === 'Failed'
          ? []
          : (spec.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) =>
              claim ? [`${metadata.namespace}/${claim.claimName}`] : [],
            ),
    });
    client.cache(virtualMachineInstance, {
      [BY_CLAIM]: (instance) =>
        isFinal(instance) ? [] : claimNames(instance.spec).map((claim) => `${instance.metadata.namespace}/${claim}`),
    });
    const copies = (claim: string) => [...dataVolumes.by(BY_ORIGINAL, claim)].map(nameOf);
    this.wakes = [
      wake(dataVolumes),
      wake(client.cache(persistentVolumeClaim), (claim) => [
        nameOf(claim),
        ...ownersOf(claim, 'DataVolume'),
        ...copies(nameOf(claim)),
      ]),
      wake(client.cache(persistentVolume), ({ spec: { claimRef } }) => {
        const claim = claimRef ? `${claimRef.namespace}/${claimRef.name}` : undefined;
        return claim ? [claim, ...copies(claim)] : [];
      }),
    ];
    client.cache(storageClass);
  }

  async reconcile(name: string, signal: AbortSignal): Promise<Outcome> {
    const client = this.#client;
    const key = namespacedName(name);
    const volume = client.cache(dataVolume).get(key);
    if (!volume || volume.metadata.deletionTimestamp) return done;
    const claim = client.cache(persistentVolumeClaim).get(key);
    const order = this.#order(volume);
    const className = claim?.spec.storageClassName;
    const decision = decide({
      dataVolume: volume,
      claim,
      volume: client.cache(persistentVolume).get({ name: claim?.spec.volumeName ?? '' }),
      storageClass: className ? client.cache(storageClass).get({ name: className }) : undefined,
      order,
      now: timestamp(client.world.clock),
    });
    if (decision.createClaim && order.type === 'fill') await this.#createClaim(volume, order, signal);
    if (!sameJson(decision.status, volume.status)) {
      await client.resource(dataVolume).updateStatus({ ...volume, status: decision.status });
    }
    const { event } = decision;
    if (event?.warning) this.#events.warning(volume, event.reason, event.message);
    else if (event) this.#events.normal(volume, event.reason, event.message);
    if (!claim && order.type === 'wait') return after(RETRY_MS, order.message);
    return done;
  }

  #order(volume: Stored<DataVolume>): FillOrder {
    const client = this.#client;
    return fillOrderOf(volume, {
      claim: (namespace, name) => client.cache(persistentVolumeClaim).get({ namespace, name }),
      volume: (name) => client.cache(persistentVolume).get({ name }),
      isUsed: (namespace, name) =>
        [client.cache(pod), client.cache(virtualMachineInstance)].some(
          (cache) => [...cache.by(BY_CLAIM, `${namespace}/${name}`)].length > 0,
        ),
    });
  }

  async #createClaim(
    volume: Stored<DataVolume>,
    { request }: Extract<FillOrder, { type: 'fill' }>,
    signal: AbortSignal,
  ): Promise<void> {
    const client = this.#client;
    const { source } = volume.spec;
    const original = source?.pvc ? client.cache(persistentVolumeClaim).get(source.pvc) : undefined;
    try {
      const claim = claimOfDataVolume(volume, request, original);
      const created = await client.resource(persistentVolumeClaim).create(claim);
      await client.cache(persistentVolumeClaim).reached(created.metadata.resourceVersion, signal);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
  }
}
