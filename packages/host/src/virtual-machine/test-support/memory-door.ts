import { type Address, type Door, type KubeObject, StatusFailure, type Stored } from '@godwit/kinds';

/**
 * A door to a handful of objects in memory: enough for a machine's loop to read what it mentions and to write its
 * status. Versions count up and are checked, as in the real API, which hosts may not import.
 */
export class MemoryDoor implements Door {
  readonly #objects = new Map<string, Stored<KubeObject>>();
  readonly #listeners = new Set<(object: Stored<KubeObject>) => void>();
  #version = 0;

  put(plural: string, object: KubeObject): Stored<KubeObject> {
    const stored = this.#stamp(object);
    this.#objects.set(keyOf(plural, object.metadata.namespace, object.metadata.name), stored);
    return stored;
  }

  remove(plural: string, namespace: string, name: string): void {
    this.#objects.delete(keyOf(plural, namespace, name));
  }

  /** Called with each object that is written through the door. */
  onWrite(listener: (object: Stored<KubeObject>) => void): void {
    this.#listeners.add(listener);
  }

  /** All objects of a resource. */
  all(plural: string): Stored<KubeObject>[] {
    return [...this.#objects].filter(([key]) => key.startsWith(`${plural}/`)).map(([, object]) => object);
  }

  get({ plural, namespace, name }: Address): Promise<Stored<KubeObject>> {
    const object = this.#objects.get(keyOf(plural, namespace, name));
    if (object) return Promise.resolve(object);
    return Promise.reject(new StatusFailure('NotFound', `${plural} "${name}" not found`));
  }

  async update(address: Address, input: unknown): Promise<Stored<KubeObject>> {
    const before = await this.get(address);
    const object = input as KubeObject;
    if (object.metadata.resourceVersion !== before.metadata.resourceVersion) {
      throw new StatusFailure('Conflict', `${address.plural} "${address.name}" has been changed meanwhile`);
    }
    // The main resource keeps the status, and the status subresource everything else, as the API does.
    const status = { ...before, status: (object as { status?: unknown }).status };
    const merged = address.subresource === 'status' ? status : object;
    return this.#write(address.plural, merged);
  }

  create({ plural }: Address, input: unknown): Promise<Stored<KubeObject>> {
    return Promise.resolve(this.#write(plural, input as KubeObject));
  }

  async patch(address: Address): Promise<Stored<KubeObject>> {
    return this.get(address);
  }

  list(): never {
    throw new StatusFailure('MethodNotAllowed', 'this door lists nothing');
  }

  watch(): never {
    throw new StatusFailure('MethodNotAllowed', 'this door watches nothing');
  }

  delete(): never {
    throw new StatusFailure('MethodNotAllowed', 'this door deletes nothing');
  }

  deleteCollection(): never {
    throw new StatusFailure('MethodNotAllowed', 'this door deletes nothing');
  }

  #write(plural: string, object: KubeObject): Stored<KubeObject> {
    const stored = this.put(plural, object);
    for (const listener of this.#listeners) listener(stored);
    return stored;
  }

  #stamp(object: KubeObject): Stored<KubeObject> {
    const metadata = { creationTimestamp: '2026-01-01T00:00:00Z', name: '', uid: '', ...object.metadata };
    return { ...object, metadata: { ...metadata, resourceVersion: String(++this.#version) } };
  }
}

function keyOf(plural: string, namespace: string | undefined, name: string | undefined): string {
  return `${plural}/${namespace ?? ''}/${name ?? ''}`;
}
