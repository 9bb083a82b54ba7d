import { existsSync, renameSync } from 'node:fs';
import { Failure } from '@godwit/base';
import type { StateFolder } from '../state-folder.ts';

export function isStoreDamaged(error: unknown): boolean {
  return error instanceof Failure && error.details.damaged === true;
}

/** Turns a damaged store into words that say what can be done; all else goes on as it is. */
export function explainDamage(error: unknown, state: StateFolder): never {
  if (!isStoreDamaged(error)) throw error;
  const remedy = `restore ${state.store} from a copy, or begin anew with: down --purge --state ${state.root}`;
  throw new Failure('store-damaged', `the store cannot be read, and was left as it is; ${remedy}`, { cause: error });
}

/** Puts a store that cannot be read out of the way, so that machines can be found by their records and stopped. */
export function putStoreAside(state: StateFolder): void {
  for (const suffix of ['', '-wal', '-shm']) {
    const path = `${state.store}${suffix}`;
    if (existsSync(path)) renameSync(path, `${state.store}.damaged${suffix}`);
  }
}
