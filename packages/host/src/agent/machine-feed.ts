import type { ApiClient, KindCache } from '@godwit/client';
import type { KindDefinition, KubeObject } from '@godwit/kinds';
import type { MachineManager } from '../machine/index.ts';

/** Hands the objects of one kind that are bound to this node to their manager, as they come and change. */
export class MachineFeed<T extends KubeObject> {
  readonly #cache: KindCache<T>;
  readonly #manager: MachineManager<T>;
  #unsubscribe: (() => void) | undefined;

  /** @param fieldSelector such as `spec.nodeName=host-1` */
  constructor(client: ApiClient, kind: KindDefinition<T>, fieldSelector: string, manager: MachineManager<T>) {
    this.#cache = client.selection(kind, { fieldSelector });
    this.#manager = manager;
  }

  /** Begins; resolves once everything that there is has been handed over and strangers have been ended. */
  async start(): Promise<void> {
    this.#unsubscribe = this.#cache.subscribe((change) => {
      if (change.type === 'removed') this.#manager.absent(change.before.metadata.uid);
      else this.#manager.ensure(change.after);
    });
    await this.#cache.ready;
    const listed = new Set<string>();
    for (const object of this.#cache.values()) {
      listed.add(object.metadata.uid);
      this.#manager.ensure(object);
    }
    // What an earlier process left of machines that have been deleted meanwhile.
    for (const uid of this.#manager.known()) if (!listed.has(uid)) this.#manager.absent(uid);
  }

  stop(): void {
    this.#unsubscribe?.();
  }
}
