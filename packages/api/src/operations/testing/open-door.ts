import { SeededIds, SeededRandom, silentLog, VirtualClock, type World } from '@godwit/base';
import { builtInKinds, type Door, type KindDefinition, type KubeObject } from '@godwit/kinds';
import { MemoryStore, type Store } from '@godwit/store';
import { controllers, type User } from '../../authorization/user.ts';
import { createOperations } from '../create-operations.ts';
import type { Caller, Operations } from '../operations.ts';
import type { OperationsOptions } from '../options.ts';

/** A door over a memory store, for tests. */
export interface OpenDoor {
  readonly operations: Operations;
  readonly store: Store;
  readonly world: World & { readonly clock: VirtualClock };
  /** As the controllers, who may do everything. */
  readonly door: Door;
  readonly admin: Caller;
  /** Warnings that `admin` has received. */
  readonly warnings: string[];
}

export async function openDoor(
  options: Partial<OperationsOptions> = {},
  kinds: readonly KindDefinition[] = builtInKinds,
): Promise<OpenDoor> {
  const random = new SeededRandom(1);
  const world = { clock: new VirtualClock(), random, ids: new SeededIds(random), log: silentLog };
  const store = options.store ?? new MemoryStore({ clock: world.clock });
  const operations = await createOperations({ world, store, kinds, freeze: true, ...options });
  const warnings: string[] = [];
  const admin: Caller = { user: controllers, agent: 'test', warn: (text) => warnings.push(text) };
  return { operations, store, world, door: operations.as(controllers, 'test'), admin, warnings };
}

export function user(name: string, ...groups: readonly string[]): User {
  return { name, groups: [...groups, 'system:authenticated'] };
}

export const configMaps = { group: '', version: 'v1', plural: 'configmaps', namespace: 'default' };
export const pods = { group: '', version: 'v1', plural: 'pods', namespace: 'default' };

export function configMap(name: string, data: Record<string, string> = {}, metadata: object = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data } as unknown as KubeObject;
}

export function pod(name: string, metadata: object = {}, spec: object = {}): KubeObject {
  const containers = [{ name: 'main', image: 'myapp:latest' }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...metadata },
    spec: { containers, ...spec },
  } as unknown as KubeObject;
}
