import type { Door, KubeObject } from '@godwit/kinds';
import { essenceOfStatus } from './essence-of-status.ts';

/** Autoscalers, whose status says at every look what was measured. */
const MEASURING: readonly string[] = ['horizontalpodautoscalers', 'elasticpolicies'];

/**
 * What is told to people and what nobody decides by is counted here and not written: events, and statuses of autoscalers
 * in which nothing but what was measured is new.
 */
export class QuietDoor {
  /** Events and statuses that would have been written. */
  told = 0;
  /** What was said last of each autoscaler, by its uid. */
  readonly #said = new Map<string, string>();

  around(door: Door): Door {
    const create: Door['create'] = (address, object, options) => {
      if (address.plural !== 'events') return door.create(address, object, options);
      this.told++;
      return Promise.resolve(object as never);
    };
    const update: Door['update'] = (address, object, options) => {
      const write = () => door.update(address, object, options);
      const isFigures = address.subresource === 'status' && MEASURING.includes(address.plural);
      return isFigures ? this.#ifNews(object as KubeObject, write) : write();
    };
    return {
      get: (...args) => door.get(...args),
      list: (...args) => door.list(...args),
      patch: (...args) => door.patch(...args),
      delete: (...args) => door.delete(...args),
      deleteCollection: (...args) => door.deleteCollection(...args),
      watch: (...args) => door.watch(...args),
      create,
      update,
    };
  }

  async #ifNews<T>(object: KubeObject, write: () => Promise<T>): Promise<T> {
    const { uid = '' } = object.metadata;
    const essence = essenceOfStatus(object);
    if (this.#said.get(uid) === essence) {
      this.told++;
      return object as never;
    }
    const written = await write();
    this.#said.set(uid, essence);
    return written;
  }
}
