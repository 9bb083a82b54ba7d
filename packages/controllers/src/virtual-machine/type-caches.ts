import type { ApiClient, Cache } from '@godwit/client';
import {
  type ControllerRevision,
  controllerRevision,
  matchedKind,
  type StoredType,
  type TypeLookup,
  typeRoles,
  type VirtualMachine,
  virtualMachineClusterInstancetype,
  virtualMachineClusterPreference,
  virtualMachineInstancetype,
  virtualMachinePreference,
} from '@godwit/kinds';
import { wake } from '../framework/index.ts';
import type { Wake } from '../reconciler.ts';

/** Instancetypes, preferences and the copies that machines keep of them, as they stand. */
export class TypeCaches {
  readonly #revisions: Cache<ControllerRevision>;
  readonly #types: ReadonlyMap<string, Cache>;

  constructor(client: ApiClient) {
    this.#revisions = client.cache(controllerRevision);
    const caches = [
      client.cache(virtualMachineInstancetype),
      client.cache(virtualMachineClusterInstancetype),
      client.cache(virtualMachinePreference),
      client.cache(virtualMachineClusterPreference),
    ] as unknown as Cache[];
    this.#types = new Map(caches.map((cache) => [cache.kind.plural, cache]));
  }

  lookup(namespace: string): TypeLookup {
    return {
      revision: (name) => this.#revisions.get({ namespace, name }),
      type: ({ plural, namespaced }, name) =>
        this.#types.get(plural)?.get(namespaced ? { namespace, name } : { name }) as unknown as StoredType | undefined,
    };
  }

  /** `users`: names of the machines that have {@link typeKeys} `key`. */
  wakes(users: (key: string) => readonly string[]): readonly Wake[] {
    return [this.#revisions as unknown as Cache, ...this.#types.values()].map((cache) =>
      wake(cache, ({ metadata: { namespace, name = '' } }) => users(keyOf(cache.kind.plural, namespace, name))),
    );
  }
}

const keyOf = (plural: string, namespace: string | undefined, name: string) => `${plural}/${namespace ?? ''}/${name}`;

/** Everything that a machine's instancetype and preference depend on, as keys of an index. */
export function typeKeys({ metadata, spec, status }: VirtualMachine): readonly string[] {
  const { namespace } = metadata;
  return typeRoles.flatMap((role) => {
    const matcher = spec[role];
    const kind = matchedKind(role, matcher?.kind);
    if (!matcher || !kind) return [];
    const copy = matcher.revisionName ?? status?.[`${role}Ref`]?.controllerRevisionRef?.name;
    return [
      keyOf(kind.plural, kind.namespaced ? namespace : undefined, matcher.name ?? ''),
      ...(copy ? [keyOf(controllerRevision.plural, namespace, copy)] : []),
    ];
  });
}
