import type { Door, KubeObject, ObjectList, Stored, WatchEvent, WatchOptions } from '@godwit/kinds';
import type { User } from '../authorization/user.ts';
import type { Document } from '../documents/document.ts';
import type { Caller, DocumentList, Operations } from './operations.ts';

/** The operations as one user, on objects. */
export function doorOf(operations: Operations, user: User, agent: string | undefined): Door {
  const caller: Caller = { user, ...(agent !== undefined && { agent }) };
  return {
    get: async (address) => (await operations.get(caller, address)).object,
    list: async (address, options) => listOf(await operations.list(caller, address, options)),
    watch: (address, options, signal) => eventsOf(operations, caller, address, options, signal),
    create: async (address, object, options) =>
      objectOf((await operations.create(caller, address, object, options)).document),
    update: async (address, object, options) =>
      objectOf((await operations.update(caller, address, object, options)).document),
    patch: async (address, patch, options) =>
      objectOf((await operations.patch(caller, address, patch, options)).document),
    delete: async (address, options) => {
      const result = await operations.delete(caller, address, options);
      return result.deleted
        ? { deleted: true, status: result.status }
        : { deleted: false, object: result.document.object };
    },
    deleteCollection: async (address, selection, options) =>
      listOf(await operations.deleteCollection(caller, address, selection, options)),
  };
}

function objectOf(document: Document): Stored<KubeObject> {
  return document.object;
}

function listOf(list: DocumentList): ObjectList {
  return {
    items: list.documents.map(objectOf),
    resourceVersion: list.resourceVersion,
    ...(list.continue !== undefined && { continue: list.continue }),
    ...(list.remainingItemCount !== undefined && { remainingItemCount: list.remainingItemCount }),
  };
}

async function* eventsOf(
  operations: Operations,
  caller: Caller,
  address: Parameters<Operations['watch']>[1],
  options: WatchOptions,
  signal: AbortSignal,
): AsyncIterable<WatchEvent> {
  for await (const event of await operations.watch(caller, address, options, signal)) {
    yield { type: event.type, object: event.document.object };
  }
}
