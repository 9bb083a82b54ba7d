import { type ControllerRevision, StatusFailure, type StoredType, type TypeKind, type TypeLookup } from '@godwit/kinds';
import { documentKey } from '../documents/keys.ts';
import type { KindHub } from '../documents/kind-hub.ts';
import type { Engine } from './engine.ts';

/** Kinds that say what an instancetype or a preference is, or was. */
const sources: readonly (readonly [group: string, version: string, plural: string])[] = [
  ['apps', 'v1', 'controllerrevisions'],
  ['instancetype.kubevirt.io', 'v1beta1', 'virtualmachineinstancetypes'],
  ['instancetype.kubevirt.io', 'v1beta1', 'virtualmachineclusterinstancetypes'],
  ['instancetype.kubevirt.io', 'v1beta1', 'virtualmachinepreferences'],
  ['instancetype.kubevirt.io', 'v1beta1', 'virtualmachineclusterpreferences'],
];

/** Finds instancetypes, preferences and their copies for machines of a namespace, as they stand when it is called. */
export async function typeLookup(engine: Engine, namespace: string): Promise<TypeLookup> {
  const hubs = new Map<string, KindHub>();
  for (const [group, version, plural] of sources) {
    const kind = engine.kinds.find(group, version, plural);
    if (!kind) throw new StatusFailure('NotFound', 'this cloud serves no instancetypes');
    hubs.set(plural, await engine.hubs.live(kind));
  }
  await engine.current();
  const find = (plural: string, within: string | undefined, name: string) => {
    const hub = hubs.get(plural);
    return hub?.cache.get(documentKey(hub.kind, within, name))?.object;
  };
  return {
    revision: (name) => find('controllerrevisions', namespace, name) as unknown as ControllerRevision | undefined,
    type: (kind: TypeKind, name) =>
      find(kind.plural, kind.namespaced ? namespace : undefined, name) as unknown as StoredType | undefined,
  };
}
