import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describeError, Failure, hasCode } from '@godwit/base';
import { ifThere, runProgram } from '@godwit/base/node';
import type { ImageFacts, ImageRequest, RegistryCredentials } from '../../container-driver.ts';
import type { PodmanPlaces } from './podman-configuration.ts';
import type { PodmanService } from './podman-service.ts';
import { digestReference, findInStore } from './store-index.ts';

const COPY_TIMEOUT_MS = 600_000;
const IMAGE_NAME = /^[a-zA-Z0-9][a-zA-Z0-9._:/@-]*$/;

interface PodmanImage {
  readonly Id: string;
  readonly RepoTags?: readonly string[] | null;
  readonly RepoDigests?: readonly string[] | null;
  readonly Size?: number;
  readonly User?: string;
  readonly Config?: {
    readonly User?: string;
    readonly Entrypoint?: readonly string[] | null;
    readonly Cmd?: readonly string[] | null;
    readonly StopSignal?: string;
  };
}

interface KnownImage {
  readonly facts: ImageFacts;
  /** Made on this host: there is no registry to ask for a newer one. */
  readonly isLocalOnly: boolean;
}

/** What the lists of images of our store and of the host's are at. */
interface StoreVersions {
  readonly own: string;
  readonly host: string;
}

/**
 * Images by name. The host's ordinary store is only read; the first use of an image copies it into ours,
 * without a name, so that names always mean what the host's store says now, and what runs never loses its
 * files. A name that the host's store no longer has means the image that it last meant.
 */
export class ImageStore {
  readonly #places: PodmanPlaces;
  readonly #service: PodmanService;
  /** Answers by name, valid while neither store has changed: then it is another map. */
  #known = new Map<string, KnownImage>();
  #knownAt: StoreVersions = { own: '', host: '' };
  readonly #pinning = new Map<string, Promise<void>>();
  #pins: Promise<Record<string, string>> | undefined;
  #saving: Promise<void> = Promise.resolve();

  constructor(places: PodmanPlaces, service: PodmanService) {
    this.#places = places;
    this.#service = service;
  }

  async resolve(request: ImageRequest, signal: AbortSignal): Promise<ImageFacts> {
    const { image, policy } = request;
    if (!IMAGE_NAME.test(image)) {
      throw new Failure('invalid-image-name', `couldn't parse image name "${image}": invalid reference format`);
    }
    const local = await this.#local(image);
    if (local && (policy !== 'Always' || local.isLocalOnly)) return local.facts;
    if (policy === 'Never') {
      throw new Failure('image-never-pull', `image "${image}" is not present and the pull policy is Never`);
    }
    request.onPull?.();
    try {
      await this.#pull(image, request.credentials, signal);
    } catch (error) {
      // Like a local build: nobody but this host has it, so what is here is the latest there is.
      if (local && !signal.aborted) return local.facts;
      throw error;
    }
    this.#known = new Map();
    const pulled = await this.#local(image);
    if (!pulled) throw pullFailed(image, new Error('it is not there after it was fetched'));
    return pulled.facts;
  }

  async #local(image: string): Promise<KnownImage | undefined> {
    const versions = await this.#storeVersions();
    if (versions.own !== this.#knownAt.own || versions.host !== this.#knownAt.host) {
      this.#known = new Map();
      this.#knownAt = versions;
    }
    const answers = this.#known;
    const known = answers.get(image);
    if (known) return known;
    const { hostGraphRoot } = this.#places;
    const indexed = hostGraphRoot === undefined ? undefined : await findInStore(hostGraphRoot, image);
    const found = (await this.#inspect(indexed?.id ?? image)) ?? (await this.#inspectPinned(image));
    if (!found) return undefined;
    const name = indexed?.name ?? found.RepoTags?.[0] ?? image;
    try {
      await this.#pin([image, name], found, name);
    } catch (error) {
      // The name may have gone on to a newer image while that one was copied.
      if ((await this.#storeVersions()).host === versions.host) throw error;
      return this.#local(image);
    }
    const reference = (indexed && digestReference(indexed)) ?? found.RepoDigests?.[0] ?? found.Id;
    // One that stands under `localhost/` was made here and comes from no registry.
    const isLocalOnly = (await this.#namesOf(found.Id)).some((one) => one.startsWith('localhost/'));
    const answer: KnownImage = { facts: factsOf(found, reference), isLocalOnly };
    answers.set(image, answer);
    // What pinning changed in our own store is no news of any name; of the host's store everything is.
    const now = await this.#storeVersions();
    if (answers === this.#known && now.host === versions.host) this.#knownAt = now;
    return answer;
  }

  /** Change whenever the stores' lists of images do. */
  async #storeVersions(): Promise<StoreVersions> {
    const { graphRoot, hostGraphRoot } = this.#places;
    return {
      own: await versionOf(graphRoot),
      host: hostGraphRoot === undefined ? '' : await versionOf(hostGraphRoot),
    };
  }

  async #inspect(name: string): Promise<PodmanImage | undefined> {
    try {
      return await this.#service.use((client) =>
        client.call<PodmanImage>({ method: 'GET', path: `/images/${encodeURIComponent(name)}/json` }),
      );
    } catch (error) {
      if (hasCode(error, 'engine-not-found')) return undefined;
      throw error;
    }
  }

  async #inspectPinned(name: string): Promise<PodmanImage | undefined> {
    const id = (await this.#readPins())[name];
    return id === undefined ? undefined : this.#inspect(id);
  }

  /** Names that have meant an image here. */
  async #namesOf(id: string): Promise<readonly string[]> {
    return Object.entries(await this.#readPins()).flatMap(([name, pinned]) => (pinned === id ? [name] : []));
  }

  /** @param fullName under which the host's store has it */
  async #pin(names: readonly string[], image: PodmanImage, fullName: string): Promise<void> {
    const pins = await this.#readPins();
    if (names.every((name) => pins[name] === image.Id)) return;
    let copying = this.#pinning.get(image.Id);
    if (!copying) {
      copying = this.#copy(image.Id, fullName).finally(() => this.#pinning.delete(image.Id));
      this.#pinning.set(image.Id, copying);
    }
    await copying;
    if (names.every((name) => pins[name] === image.Id)) return;
    for (const name of names) pins[name] = image.Id;
    this.#saving = this.#saving.catch(() => undefined).then(() => this.#savePins(pins));
    await this.#saving;
  }

  /** One at a time: the pods of a Deployment ask for the same image together. */
  async #savePins(pins: Readonly<Record<string, string>>): Promise<void> {
    await writeFile(`${this.#places.pinsPath}.new`, JSON.stringify(pins));
    await rename(`${this.#places.pinsPath}.new`, this.#places.pinsPath);
  }

  /**
   * Removes images from our store that no container uses; the host's store is left alone. Names keep the
   * images that are still here.
   */
  async prune(): Promise<void> {
    const options = { environment: this.#places.ownStoreEnvironment, timeoutMs: COPY_TIMEOUT_MS };
    await runProgram('podman', ['image', 'prune', '--all', '--force'], options);
    const { stdout } = await runProgram('podman', ['images', '--quiet', '--no-trunc'], options);
    const left = new Set(stdout.split('\n').map((line) => line.replace('sha256:', '')));
    const pins = await this.#readPins();
    for (const [name, id] of Object.entries(pins)) if (!left.has(id)) delete pins[name];
    this.#known = new Map();
    this.#saving = this.#saving.catch(() => undefined).then(() => this.#savePins(pins));
    await this.#saving;
  }

  /** One record for all who ask, also for those who do so while it is being read. */
  #readPins(): Promise<Record<string, string>> {
    this.#pins ??= readFile(this.#places.pinsPath, 'utf8')
      .then((text) => JSON.parse(text) as Record<string, string>)
      .catch(() => ({}));
    return this.#pins;
  }

  /** Copies an image from the host's store into ours, unless it came from a registry and is there already. */
  async #copy(id: string, name: string): Promise<void> {
    const { hostGraphRoot, hostRunRoot, ownStoreEnvironment: environment } = this.#places;
    const options = { environment, timeoutMs: COPY_TIMEOUT_MS };
    const there = await runProgram('podman', ['image', 'exists', id], options).then(
      () => true,
      () => false,
    );
    if (there || hostGraphRoot === undefined) return;
    // Only what has a name can be addressed between stores.
    if (!name.includes(':') || name.includes('@')) return this.#copyNameless(id);
    const source = `containers-storage:[overlay@${hostGraphRoot}+${hostRunRoot}]${name}@${id}`;
    try {
      await runProgram('podman', ['pull', '--quiet', source], options);
      await runProgram('podman', ['untag', id], options);
    } catch (cause) {
      throw new Failure('image-pull-failed', `image ${name} cannot be copied from the host's store`, {
        cause,
        retryable: true,
      });
    }
  }

  /** An image without a name cannot be addressed between stores: it goes through an archive. */
  async #copyNameless(id: string): Promise<void> {
    const archive = join(this.#places.graphRoot, `${id}.tar`);
    const { environment, ownStoreEnvironment } = this.#places;
    try {
      await runProgram('podman', ['save', '--quiet', '--format', 'oci-archive', '--output', archive, id], {
        environment,
        timeoutMs: COPY_TIMEOUT_MS,
      });
      await runProgram('podman', ['load', '--quiet', '--input', archive], {
        environment: ownStoreEnvironment,
        timeoutMs: COPY_TIMEOUT_MS,
      });
    } finally {
      await runProgram('rm', ['-f', archive]);
    }
  }

  async #pull(image: string, credentials: readonly RegistryCredentials[], signal: AbortSignal): Promise<void> {
    const matching = credentials.filter(({ server }) => image.startsWith(`${server}/`) || server === 'docker.io');
    let failure: unknown;
    for (const one of [...matching, undefined]) {
      try {
        await this.#pullWith(image, one, signal);
        return;
      } catch (error) {
        failure = error;
      }
    }
    throw pullFailed(image, failure);
  }

  async #pullWith(image: string, credentials: RegistryCredentials | undefined, signal: AbortSignal): Promise<void> {
    const { username, password } = credentials ?? {};
    const header = credentials && Buffer.from(JSON.stringify({ username, password })).toString('base64url');
    await this.#service.use(async (client) => {
      const answer = await client.stream({
        method: 'POST',
        path: `/images/pull?reference=${encodeURIComponent(image)}&policy=always`,
        signal,
        ...(header && { headers: { 'X-Registry-Auth': header } }),
      });
      for await (const line of createInterface({ input: answer })) {
        const { error } = JSON.parse(line) as { error?: string };
        if (error) throw new Failure('image-pull-failed', error, { retryable: true });
      }
    });
  }
}

async function versionOf(graphRoot: string): Promise<string> {
  const found = await ifThere(stat(join(graphRoot, 'overlay-images', 'images.json')));
  return found ? `${found.mtimeMs}/${found.size}/${found.ino}` : 'none';
}

function pullFailed(image: string, cause: unknown): Failure {
  return new Failure('image-pull-failed', `failed to pull image "${image}": ${describeError(cause)}`, {
    retryable: true,
  });
}

function factsOf(image: PodmanImage, reference: string): ImageFacts {
  const config = image.Config ?? {};
  return {
    id: image.Id,
    reference,
    sizeBytes: image.Size ?? 0,
    entrypoint: config.Entrypoint ?? [],
    command: config.Cmd ?? [],
    user: config.User ?? image.User ?? '',
    stopSignal: config.StopSignal ?? '',
  };
}
