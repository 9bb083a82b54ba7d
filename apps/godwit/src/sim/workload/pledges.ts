import type { KubeObject, Stored } from '@godwit/kinds';
import type { ApiView } from '../cloud/api-view.ts';

/** What a user was told about an object, and so may rely on until somebody changes it. */
export interface Pledge {
  readonly what: string;
  readonly holds: (object: Stored<KubeObject> | undefined) => boolean;
}

/** All that users were told. Nobody but they changes what pledges are about. */
export class Pledges {
  readonly #pledges = new Map<string, Pledge>();

  give(key: string, pledge: Pledge): void {
    this.#pledges.set(key, pledge);
  }

  /** A change is under way: nothing is certain until its answer is there. */
  withdraw(key: string): void {
    this.#pledges.delete(key);
  }

  /** What was promised and does not hold, in words. */
  *broken(view: ApiView): Generator<string> {
    for (const [key, { what, holds }] of this.#pledges) {
      const object = view.get(key.split('/')[2] ?? '', key);
      if (!holds(object)) yield `${key}: ${what}`;
    }
  }
}
