import type { KubeObject, Stored } from '@godwit/kinds';
import type { ApiView } from '../cloud/api-view.ts';

/** What a user was told about an object, and so may rely on until somebody changes it. */
export interface Pledge {
  readonly what: string;
  readonly holds: (object: Stored<KubeObject> | undefined) => boolean;
}

/** All that users were told. Nobody but they changes what pledges are about. */
export class Pledges {
  readonly #pledges = new Map<string, Pledge & { readonly plural: string }>();
  /** How many changes there were when all of them were looked at last. A new one is looked at with the others. */
  #looked = -1;

  give(key: string, pledge: Pledge): void {
    this.#pledges.set(key, { ...pledge, plural: key.split('/')[2] ?? '' });
    this.#looked = -1;
  }

  /** A change is under way: nothing is certain until its answer is there. */
  withdraw(key: string): void {
    this.#pledges.delete(key);
  }

  /** What was promised and does not hold, in words. */
  *broken(view: ApiView): Generator<string> {
    if (this.#looked === view.changes) return;
    this.#looked = view.changes;
    for (const [key, { plural, what, holds }] of this.#pledges) {
      if (!holds(view.get(plural, key))) yield `${key}: ${what}`;
    }
  }
}
