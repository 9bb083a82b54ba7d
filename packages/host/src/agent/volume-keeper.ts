import { codeOf, describeError, WorkQueue, type World } from '@godwit/base';
import { type ApiClient, type KindCache, sameJson } from '@godwit/client';
import {
  type FillRequest,
  type FillState,
  fillRequestOf,
  isNotFound,
  type PersistentVolume,
  parseQuantity,
  persistentVolume,
  StatusFailure,
  type Stored,
  type VolumeState,
  volumeFinalizer,
  volumeHostLabel,
  volumeStateAnnotation,
  volumeStateOf,
} from '@godwit/kinds';
import type { VolumeDriver } from '../volume-driver.ts';

/** Fills volumes before their first use: downloads, copies, uploads. */
export interface VolumeFiller {
  /**
   * Carries a fill on from where it is, calling `report` as it goes; resolves when there is nothing more to
   * do now. Called again when the volume changes and after failures that may pass.
   */
  fill(
    volume: Stored<PersistentVolume>,
    request: FillRequest,
    known: FillState | undefined,
    report: (state: FillState) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void>;
  /** Takes the bytes of an upload for a volume that waits for one, and reports how it went. */
  upload?(
    volume: Stored<PersistentVolume>,
    request: FillRequest,
    bytes: AsyncIterable<Uint8Array>,
    report: (state: FillState) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void>;
}

export interface VolumeKeeperOptions {
  readonly client: ApiClient;
  readonly world: World;
  readonly nodeName: string;
  readonly volumes: VolumeDriver;
  readonly filler?: VolumeFiller;
}

const WORKERS = 2;

/** Makes, fills, grows and removes the volumes of this host, as their PersistentVolume objects ask. */
export class VolumeKeeper {
  readonly #options: VolumeKeeperOptions;
  readonly #queue: WorkQueue;
  readonly #cache: KindCache<PersistentVolume>;
  readonly #stop = new AbortController();
  /** Volumes that bytes are being sent for. */
  readonly #uploads = new Set<string>();

  constructor(options: VolumeKeeperOptions) {
    this.#options = options;
    this.#queue = new WorkQueue(options.world.clock, { firstMs: 200, longestMs: 60_000 });
    this.#cache = options.client.selection(persistentVolume, {
      labelSelector: `${volumeHostLabel}=${options.nodeName}`,
    });
  }

  async start(): Promise<void> {
    this.#cache.subscribe((change) => this.#queue.add((change.after ?? change.before).metadata.name));
    for (let worker = 0; worker < WORKERS; worker++) void this.#work();
    await this.#cache.ready;
    for (const volume of this.#cache.values()) this.#queue.add(volume.metadata.name);
  }

  stop(): void {
    this.#stop.abort();
    this.#queue.close();
  }

  /** Fills a volume of this host with what a user sends. Throws `StatusFailure`. */
  async upload(name: string, bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    const volume = this.#cache.get({ name });
    const request = fillRequestOf(volume?.metadata.annotations);
    const { filler } = this.#options;
    if (!volume || request?.from !== 'upload' || !filler?.upload) {
      throw new StatusFailure('NotFound', `this host has no volume ${name} to upload into`);
    }
    if (volumeStateOf(volume)?.fill?.phase !== 'Ready' || this.#uploads.has(name)) {
      throw new StatusFailure('Conflict', `volume ${name} does not wait for an upload`);
    }
    this.#uploads.add(name);
    const restarts = volumeStateOf(volume)?.fill?.restarts ?? 0;
    let refusal: FillState | undefined;
    const report = async (fill: FillState): Promise<void> => {
      // Whatever was wrong with these bytes, others may be right.
      refusal = fill.phase === 'Failed' ? fill : undefined;
      const said: FillState = refusal ? { ...refusal, phase: 'Ready', restarts: restarts + 1 } : fill;
      await this.#tell(name, (state) => ({ ...state, fill: said }));
    };
    try {
      await filler.upload(volume, request, bytes, report, signal);
    } catch (error) {
      await report({ phase: 'Ready', restarts: restarts + 1, message: describeError(error) });
      throw error;
    } finally {
      this.#uploads.delete(name);
    }
    if (refusal) throw new StatusFailure('BadRequest', refusal.message ?? 'these bytes make no disk');
  }

  async #work(): Promise<void> {
    for (let name = await this.#queue.take(); name !== undefined; name = await this.#queue.take()) {
      try {
        await this.#look(name);
        this.#queue.forget(name);
      } catch (error) {
        if (!this.#stop.signal.aborted) {
          this.#options.world.log.warn('cannot look after a volume', { volume: name, error: describeError(error) });
          this.#queue.retry(name);
        }
      } finally {
        this.#queue.done(name);
      }
    }
  }

  async #look(name: string): Promise<void> {
    const volume = this.#cache.get({ name });
    if (!volume) return;
    if (volume.metadata.deletionTimestamp) return this.#remove(volume);
    const sizeBytes = parseQuantity(volume.spec?.capacity?.storage) ?? 0;
    try {
      await this.#options.volumes.provision({ name, sizeBytes });
    } catch (error) {
      await this.#tell(name, (state) => ({ ...state, phase: 'Failed', message: describeError(error) }));
      // No space may become space; the queue asks again.
      this.#options.world.log.warn('cannot make a volume', { volume: name, code: codeOf(error) });
      throw error;
    }
    await this.#tell(name, ({ fill }) => ({ phase: 'Provisioned', sizeBytes, ...(fill && { fill }) }));
    await this.#fill(volume);
  }

  async #fill(volume: Stored<PersistentVolume>): Promise<void> {
    const request = fillRequestOf(volume.metadata.annotations);
    const known = volumeStateOf(volume)?.fill;
    const { name } = volume.metadata;
    if (!request || known?.phase === 'Succeeded' || known?.phase === 'Failed' || this.#uploads.has(name)) return;
    const report = (fill: FillState): Promise<void> => this.#tell(name, (state) => ({ ...state, fill }));
    if (!this.#options.filler) {
      const message = 'this host cannot fill volumes';
      return report({ phase: 'Failed', restarts: 0, reason: 'Unsupported', message });
    }
    await this.#options.filler.fill(volume, request, known, report, this.#stop.signal);
  }

  async #remove(volume: Stored<PersistentVolume>): Promise<void> {
    const { name, finalizers = [] } = volume.metadata;
    if (!finalizers.includes(volumeFinalizer)) return;
    await this.#options.volumes.remove(name);
    try {
      await this.#options.client.resource(persistentVolume).modify({ name }, (draft) => {
        draft.metadata.finalizers = (draft.metadata.finalizers ?? []).filter((one) => one !== volumeFinalizer);
      });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  /** Writes how the volume stands, when that has changed. */
  async #tell(name: string, change: (state: VolumeState) => VolumeState): Promise<void> {
    await this.#options.client.resource(persistentVolume).modify({ name }, (draft) => {
      const before = volumeStateOf(draft);
      const after = change(before ?? { phase: 'Provisioned' });
      if (sameJson(before, after)) return false;
      draft.metadata.annotations = { ...draft.metadata.annotations, [volumeStateAnnotation]: JSON.stringify(after) };
      return true;
    });
  }
}
