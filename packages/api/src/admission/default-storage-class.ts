import type { Draft, PersistentVolumeClaim, StorageClass } from '@godwit/kinds';
import type { KindHub } from '../documents/kind-hub.ts';
import type { Engine } from '../operations/engine.ts';
import type { Admitter } from './admitter.ts';
import type { LiveHub } from './index.ts';

const DEFAULT_ANNOTATION = 'storageclass.kubernetes.io/is-default-class';

/** A claim that names no class gets the default one. The empty name is a choice: no class at all. */
export async function defaultStorageClass(_engine: Engine, live: LiveHub): Promise<Admitter | undefined> {
  const hub = await live('storage.k8s.io', 'v1', 'storageclasses');
  if (!hub) return undefined;
  return {
    name: 'default-storage-class',
    admit({ operation, kind, object }) {
      if (operation !== 'create' || kind.group !== '' || kind.plural !== 'persistentvolumeclaims') return;
      const { spec } = object as unknown as Draft<PersistentVolumeClaim>;
      if (!spec || spec.storageClassName !== undefined) return;
      const name = newestDefault(hub)?.metadata.name;
      if (name !== undefined) spec.storageClassName = name;
    },
  };
}

function newestDefault(hub: KindHub): StorageClass | undefined {
  let newest: StorageClass | undefined;
  for (const document of hub.cache.values()) {
    const each = document.object as unknown as StorageClass;
    if (each.metadata.annotations?.[DEFAULT_ANNOTATION] !== 'true') continue;
    const isNewer = (each.metadata.creationTimestamp ?? '') > (newest?.metadata.creationTimestamp ?? '');
    if (!newest || isNewer) newest = each;
  }
  return newest;
}
