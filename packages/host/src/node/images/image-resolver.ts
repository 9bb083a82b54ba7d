import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure, hasCode, KeyedLock } from '@godwit/base';
import { ifThere, runProgram } from '@godwit/base/node';
import type { PullPolicy } from '../../hypervisor-driver.ts';

/** An image as it lies in a store. */
export interface LocalImage {
  /** Hex digest of its configuration: the same for the same contents, whatever its names. */
  readonly id: string;
  /** Folders that hold its files, topmost layer first; empty where the store does not lay layers out as folders. */
  readonly layers: readonly string[];
}

interface Inspection {
  readonly Id: string;
  readonly GraphDriver?: { readonly Name?: string; readonly Data?: { UpperDir?: string; LowerDir?: string } };
}

export interface ImageResolverOptions {
  /** Folders of the stores that podman looks in: the host's, and the program's own. */
  readonly stores: readonly string[];
  /**
   * Folder of the settings by which the program's own podman finds its store, `storage.conf` and `containers.conf`:
   * what is pulled lands there, and the host's own store stays as it was. Unused until they are there.
   */
  readonly settings?: string;
  readonly podman?: string;
}

/**
 * Finds images by name through podman. An answer is kept until a store's index file changes: starting a program is
 * most of what finding an image costs, and it stands between an order and a running machine.
 */
export class ImageResolver {
  readonly #options: ImageResolverOptions;
  readonly #known = new Map<string, LocalImage>();
  readonly #turns = new KeyedLock();
  #stamp = '';

  constructor(options: ImageResolverOptions) {
    this.#options = options;
  }

  /**
   * Many who ask for one image at once are answered by one search, or one pull. Codes: `image-not-found` (and may not
   * be pulled), `image-pull-failed`.
   */
  async resolve(name: string, policy: PullPolicy, signal: AbortSignal): Promise<LocalImage> {
    return this.#turns.inTurn(name, () => this.#resolve(name, policy, signal), signal);
  }

  async #resolve(name: string, policy: PullPolicy, signal: AbortSignal): Promise<LocalImage> {
    const stamp = await this.#currentStamp();
    if (stamp !== this.#stamp) this.#known.clear();
    this.#stamp = stamp;
    const known = this.#known.get(name);
    if (known) return known;
    const image = (await this.#inspect(name, signal)) ?? (await this.#pulled(name, policy, signal));
    // Who asked for another name may have found the stores changed since: then this one is asked about again.
    if (this.#stamp === stamp) this.#known.set(name, image);
    return image;
  }

  async #pulled(name: string, policy: PullPolicy, signal: AbortSignal): Promise<LocalImage> {
    if (policy === 'Never') throw new Failure('image-not-found', `image ${name} is not here, and may not be pulled`);
    if (name.startsWith('localhost/')) throw new Failure('image-not-found', `image ${name} is not in the local store`);
    try {
      await this.#podman(['pull', '--quiet', name], signal);
    } catch (error) {
      throw new Failure('image-pull-failed', `image ${name} cannot be pulled`, { cause: error, retryable: true });
    }
    const image = await this.#inspect(name, signal);
    if (!image) throw new Failure('image-not-found', `image ${name} was pulled and is not here`);
    return image;
  }

  async #inspect(name: string, signal: AbortSignal): Promise<LocalImage | undefined> {
    let text: string;
    try {
      text = await this.#podman(['image', 'inspect', name], signal);
    } catch (error) {
      if (hasCode(error, 'program-failed')) return undefined;
      throw error;
    }
    const [found] = JSON.parse(text) as Inspection[];
    if (!found) return undefined;
    const { GraphDriver: driver } = found;
    const overlay = driver?.Name === 'overlay' ? driver.Data : undefined;
    const layers = [overlay?.UpperDir ?? '', ...(overlay?.LowerDir ?? '').split(':')].filter((path) => path !== '');
    return { id: found.Id, layers };
  }

  /** Folder in which all files of an image can be read; the caller gives it back with `unmount`. */
  async mount(id: string, signal: AbortSignal): Promise<string> {
    return (await this.#podman(['image', 'mount', id], signal)).trim();
  }

  async unmount(id: string): Promise<void> {
    await this.#podman(['image', 'unmount', id]);
  }

  async #podman(args: readonly string[], signal?: AbortSignal): Promise<string> {
    const environment = await this.#environment();
    const options = { ...(signal && { signal }), ...(environment && { environment }) };
    return (await runProgram(this.#options.podman ?? 'podman', args, options)).stdout;
  }

  async #environment(): Promise<Record<string, string> | undefined> {
    const { settings } = this.#options;
    if (settings === undefined) return undefined;
    const storage = join(settings, 'storage.conf');
    if ((await stampOf(storage)) === '-') return undefined;
    return { CONTAINERS_STORAGE_CONF: storage, CONTAINERS_CONF: join(settings, 'containers.conf') };
  }

  async #currentStamp(): Promise<string> {
    const files = this.#options.stores.flatMap((store) => [
      join(store, 'overlay-images', 'images.json'),
      join(store, 'vfs-images', 'images.json'),
    ]);
    return (await Promise.all(files.map(stampOf))).join(' ');
  }
}

async function stampOf(path: string): Promise<string> {
  const found = await ifThere(stat(path, { bigint: true }));
  return found ? `${found.ino}:${found.size}:${found.mtimeNs}` : '-';
}
