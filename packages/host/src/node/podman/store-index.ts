import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** An image as a store's own list has it. */
export interface IndexedImage {
  readonly id: string;
  /** The full name by which it was found, such as `localhost/myapp:latest`. */
  readonly name: string;
  readonly digest?: string | undefined;
}

interface StoredImage {
  readonly id: string;
  readonly created?: string;
  readonly names?: readonly string[] | null;
  readonly digest?: string;
}

/**
 * Looks a name up in a store's list of images. Podman's own look-up over several stores stops at a copy
 * without names, as ours are, in version 5; so the host's store is asked by itself.
 */
export async function findInStore(graphRoot: string, name: string): Promise<IndexedImage | undefined> {
  const candidates = fullNames(name);
  const images = await readImages(join(graphRoot, 'overlay-images', 'images.json'));
  for (const candidate of candidates) {
    const found = images.find(({ names }) => names?.includes(candidate));
    if (found) return { id: found.id, name: candidate, digest: found.digest };
  }
  return undefined;
}

/** What the stores have that a name stands for, the newest first. */
export async function storedImages(graphRoots: readonly string[]): Promise<readonly { readonly names: string[] }[]> {
  const lists = await Promise.all(graphRoots.map((root) => readImages(join(root, 'overlay-images', 'images.json'))));
  const byId = new Map<string, StoredImage>();
  for (const image of lists.flat()) if (image.names?.length && !byId.has(image.id)) byId.set(image.id, image);
  return [...byId.values()]
    .toSorted((a, b) => ((a.created ?? '') < (b.created ?? '') ? 1 : -1))
    .map(({ names }) => ({ names: [...(names ?? [])] }));
}

async function readImages(path: string): Promise<readonly StoredImage[]> {
  try {
    const parsed: unknown = JSON.parse(await readFile(path, 'utf8'));
    return Array.isArray(parsed) ? (parsed as StoredImage[]) : [];
  } catch {
    return [];
  }
}

/**
 * What a name may stand for among images of this host: a short one for what was built here, then for what
 * came from Docker's registry. None for one with a digest, which the engine finds itself.
 */
export function fullNames(name: string): readonly string[] {
  if (name.includes('@')) return [];
  const last = name.slice(name.lastIndexOf('/') + 1);
  const tagged = last.includes(':') ? name : `${name}:latest`;
  const [first = '', ...rest] = tagged.split('/');
  const isFull = rest.length > 0 && (first.includes('.') || first.includes(':') || first === 'localhost');
  if (isFull) return [tagged];
  return [`localhost/${tagged}`, `docker.io/${rest.length === 0 ? 'library/' : ''}${tagged}`];
}

/** `localhost/myapp@sha256:…` of an image. */
export function digestReference({ name, digest }: IndexedImage): string | undefined {
  if (digest === undefined) return undefined;
  return `${name.slice(0, name.lastIndexOf(':'))}@${digest}`;
}
