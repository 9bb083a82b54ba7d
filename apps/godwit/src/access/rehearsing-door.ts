import type { Address, Door, KubeObject, Stored } from '@godwit/kinds';

/** A write that was rehearsed. */
export interface Rehearsal {
  readonly verb: 'create' | 'update' | 'patch' | 'delete';
  readonly address: Address;
  /** What was sent. */
  readonly body: unknown;
}

/**
 * A door through which everything can be seen and nothing changes: writes go the whole way (they are checked, and
 * refused where they would be) and stop before they are stored. So whoever decides by himself can be asked what he
 * would do, by running him.
 */
export class RehearsingDoor implements Door {
  /** What would have been written, in order. */
  readonly writes: Rehearsal[] = [];
  readonly #door: Door;

  constructor(door: Door) {
    this.#door = door;
  }

  readonly get: Door['get'] = (address) => this.#door.get(address);
  readonly list: Door['list'] = (address, options) => this.#door.list(address, options);
  readonly watch: Door['watch'] = (address, options, signal) => this.#door.watch(address, options, signal);

  readonly create: Door['create'] = async (address, object, options) => {
    const answer = await this.#door.create(address, object, { ...options, dryRun: true });
    this.writes.push({ verb: 'create', address, body: object });
    return answer;
  };

  readonly update: Door['update'] = async (address, object, options) => {
    const answer = await this.#door.update(address, object, { ...options, dryRun: true });
    this.writes.push({ verb: 'update', address, body: object });
    return answer;
  };

  readonly patch: Door['patch'] = async (address, patch, options) => {
    const answer: Stored<KubeObject> = await this.#door.patch(address, patch, { ...options, dryRun: true });
    this.writes.push({ verb: 'patch', address, body: patch.body });
    return answer;
  };

  readonly delete: Door['delete'] = async (address, options) => {
    const answer = await this.#door.delete(address, { ...options, dryRun: true });
    this.writes.push({ verb: 'delete', address, body: undefined });
    return answer;
  };

  readonly deleteCollection: Door['deleteCollection'] = async (address, selection, options) => {
    const answer = await this.#door.deleteCollection(address, selection, { ...options, dryRun: true });
    for (const { metadata } of answer.items) {
      const { name, namespace } = metadata;
      this.writes.push({
        verb: 'delete',
        address: { ...address, name, ...(namespace !== undefined && { namespace }) },
        body: undefined,
      });
    }
    return answer;
  };
}
