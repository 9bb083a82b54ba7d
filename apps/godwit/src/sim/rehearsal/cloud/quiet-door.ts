import type { Door } from '@godwit/kinds';

/** Events are told to people, and nobody decides by them: here they are counted and not written. */
export class QuietDoor {
  /** Events that would have been written. */
  told = 0;

  around(door: Door): Door {
    const create: Door['create'] = (address, object, options) => {
      if (address.plural !== 'events') return door.create(address, object, options);
      this.told++;
      return Promise.resolve(object as never);
    };
    return {
      get: (...args) => door.get(...args),
      list: (...args) => door.list(...args),
      update: (...args) => door.update(...args),
      patch: (...args) => door.patch(...args),
      delete: (...args) => door.delete(...args),
      deleteCollection: (...args) => door.deleteCollection(...args),
      watch: (...args) => door.watch(...args),
      create,
    };
  }
}
