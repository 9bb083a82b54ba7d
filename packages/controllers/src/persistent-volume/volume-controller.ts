import { timestamp } from '@godwit/base';
import { type ApiClient, EventRecorder, sameJson } from '@godwit/client';
import { isNotFound, type PersistentVolume, persistentVolume, persistentVolumeClaim, type Stored } from '@godwit/kinds';
import { namespacedName, wake } from '../framework/index.ts';
import { done, type Outcome, type Reconciler, type Wake } from '../reconciler.ts';
import { decideVolume } from './volume-decision.ts';

/** Keeps the phases of volumes, protects those in use, and lets go of those whose claim has gone. */
export class VolumeController implements Reconciler {
  readonly name = 'persistent-volume';
  readonly wakes: readonly Wake[];
  readonly #client: ApiClient;
  readonly #events: EventRecorder;

  constructor(client: ApiClient) {
    this.#client = client;
    this.#events = new EventRecorder(client, 'persistentvolume-controller');
    this.wakes = [
      wake(client.cache(persistentVolume)),
      wake(client.cache(persistentVolumeClaim), ({ spec }) => (spec.volumeName ? [spec.volumeName] : [])),
    ];
  }

  async reconcile(name: string): Promise<Outcome> {
    const client = this.#client;
    const volume = client.cache(persistentVolume).get({ name });
    if (!volume) return done;
    const { claimRef } = volume.spec;
    const key = namespacedName(`${claimRef?.namespace ?? ''}/${claimRef?.name ?? ''}`);
    let claim = claimRef ? client.cache(persistentVolumeClaim).get(key) : undefined;
    if (claimRef?.uid && claim?.metadata.uid !== claimRef.uid) {
      // Data hangs on this answer: ask the API itself before letting go.
      claim = await client.resource(persistentVolumeClaim).find(key);
    }
    const decision = decideVolume(volume, claim, timestamp(client.world.clock));
    const current = await this.#setFinalizers(volume, decision.finalizers);
    if (!current) return done;
    if (!sameJson(decision.status, current.status)) {
      const written = await client.resource(persistentVolume).updateStatus({ ...current, status: decision.status });
      const { reason, message } = written.status ?? {};
      if (claim && reason && message !== volume.status?.message) this.#events.warning(claim, reason, message ?? '');
    }
    if (decision.remove) await this.#remove(volume);
    return done;
  }

  /** Undefined when the volume has gone with its last finalizer. */
  async #setFinalizers(
    volume: Stored<PersistentVolume>,
    finalizers: readonly string[],
  ): Promise<Stored<PersistentVolume> | undefined> {
    if (sameJson(finalizers, volume.metadata.finalizers ?? [])) return volume;
    try {
      const metadata = { ...volume.metadata, finalizers };
      const written = await this.#client.resource(persistentVolume).update({ ...volume, metadata });
      return volume.metadata.deletionTimestamp && finalizers.length === 0 ? undefined : written;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async #remove({ metadata: { name, uid } }: Stored<PersistentVolume>): Promise<void> {
    try {
      await this.#client.resource(persistentVolume).delete({ name }, { preconditions: { uid } });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}
