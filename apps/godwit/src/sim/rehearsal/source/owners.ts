import type { KubeObject } from '@godwit/kinds';
import { controllerOf } from './complete.ts';

/** Who, in the end, makes an object: the uid of the last of its owners, or its own. */
export type RootOf = (object: KubeObject) => string;

export function rootsOf(objects: readonly KubeObject[]): RootOf {
  const byUid = new Map(objects.map((object) => [object.metadata.uid ?? '', object]));
  return (object) => {
    let root = object;
    // Owners of owners of owners are not known to be: a circle would never end.
    for (let height = 0; height < MOST_OWNERS; height++) {
      const owner = byUid.get(controllerOf(root)?.uid ?? '');
      if (!owner) break;
      root = owner;
    }
    return root.metadata.uid ?? '';
  };
}

const MOST_OWNERS = 8;
