import {
  type Address,
  apiVersionOf,
  type DeleteOptions,
  type DeleteResult,
  type Door,
  type Draft,
  isConflict,
  isNotFound,
  type KindDefinition,
  type KubeObject,
  type ListOptions,
  type ObjectList,
  type Patch,
  type Stored,
  type WatchEvent,
  type WatchOptions,
  type WriteOptions,
} from '@godwit/kinds';
import type { NamespacedName, New, Resource } from './client.ts';
import { cloneJson } from './clone-json.ts';
import { sameJson } from './same-json.ts';

/** Typed access to one kind through a door. */
export function resourceOf<T extends KubeObject>(door: Door, kind: KindDefinition<T>): Resource<T> {
  return new DoorResource(door, kind);
}

/** A write that keeps losing against others is given up after so many tries. */
const MODIFY_TRIES = 20;

class DoorResource<T extends KubeObject> implements Resource<T> {
  readonly kind: KindDefinition<T>;
  readonly #door: Door;

  constructor(door: Door, kind: KindDefinition<T>) {
    this.#door = door;
    this.kind = kind;
  }

  #address(where: { readonly namespace?: string; readonly name?: string; readonly subresource?: string }): Address {
    const { group, version, plural } = this.kind;
    return { group, version, plural, ...where };
  }

  #nameOf(object: T, subresource?: string): Address {
    const { namespace, name } = object.metadata;
    return this.#address({
      ...(namespace !== undefined && { namespace }),
      ...(name !== undefined && { name }),
      ...(subresource !== undefined && { subresource }),
    });
  }

  async get(name: NamespacedName): Promise<Stored<T>> {
    return this.#own(await this.#door.get(this.#address(name)));
  }

  async find(name: NamespacedName): Promise<Stored<T> | undefined> {
    try {
      return await this.get(name);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async list(options: ListOptions & { readonly namespace?: string } = {}): Promise<ObjectList<T>> {
    const { namespace, ...rest } = options;
    return (await this.#door.list(this.#address(namespace ? { namespace } : {}), rest)) as ObjectList<T>;
  }

  watch(options: WatchOptions & { readonly namespace?: string }, signal: AbortSignal): AsyncIterable<WatchEvent<T>> {
    const { namespace, ...rest } = options;
    const events = this.#door.watch(this.#address(namespace ? { namespace } : {}), rest, signal);
    return events as AsyncIterable<WatchEvent<T>>;
  }

  async create(object: New<T>, options?: WriteOptions): Promise<Stored<T>> {
    const { apiVersion, kind } = this.#type();
    const whole = { ...object, apiVersion, kind } as unknown as T;
    const { namespace } = whole.metadata;
    return this.#own(await this.#door.create(this.#address(namespace ? { namespace } : {}), whole, options));
  }

  async update(object: Stored<T>, options?: WriteOptions): Promise<Stored<T>> {
    return this.#own(await this.#door.update(this.#nameOf(object), object, options));
  }

  async updateStatus(object: Stored<T>, options?: WriteOptions): Promise<Stored<T>> {
    return this.#own(await this.#door.update(this.#nameOf(object, 'status'), object, options));
  }

  async patch(
    name: NamespacedName,
    patch: Patch,
    options: WriteOptions & { readonly subresource?: string } = {},
  ): Promise<Stored<T>> {
    const { subresource, ...rest } = options;
    const address = this.#address({ ...name, ...(subresource !== undefined && { subresource }) });
    return this.#own(await this.#door.patch(address, patch, rest));
  }

  delete(name: NamespacedName, options?: DeleteOptions): Promise<DeleteResult> {
    return this.#door.delete(this.#address(name), options);
  }

  async modify(
    name: NamespacedName,
    change: (draft: Draft<Stored<T>>) => boolean | void,
    options: WriteOptions & { readonly subresource?: 'status' } = {},
  ): Promise<Stored<T>> {
    const { subresource, ...rest } = options;
    for (let attempt = 1; ; attempt++) {
      const current = await this.get(name);
      const draft = cloneJson(current) as Draft<Stored<T>>;
      if (change(draft) === false || sameJson(draft, current)) return current;
      try {
        const changed = draft as Stored<T>;
        return await (subresource ? this.updateStatus(changed, rest) : this.update(changed, rest));
      } catch (error) {
        if (!isConflict(error) || attempt >= MODIFY_TRIES) throw error;
      }
    }
  }

  #type(): { apiVersion: string; kind: string } {
    return { apiVersion: apiVersionOf(this.kind), kind: this.kind.kind };
  }

  /** What a door gives for this kind's addresses is of this kind: the server has checked it. */
  #own(object: Stored<KubeObject>): Stored<T> {
    return object as Stored<T>;
  }
}
