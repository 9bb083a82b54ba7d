import { hasCode } from '@godwit/base';
import type { Address, KindDefinition } from '@godwit/kinds';
import { bootstrapBindings, bootstrapRoles } from '../authorization/bootstrap-roles.ts';
import { controllers } from '../authorization/user.ts';
import { documentKey } from '../documents/keys.ts';
import { createDocument } from './create.ts';
import type { Engine } from './engine.ts';
import { systemNamespaces } from './system-namespaces.ts';

/** Makes what every cloud begins with, where it is missing. What people have changed stays as it is. */
export async function bootstrap(engine: Engine): Promise<void> {
  const rbac = 'rbac.authorization.k8s.io';
  const namespaces = systemNamespaces.map((name) => ({ metadata: { name } }));
  await ensureAll(engine, engine.kinds.find('', 'v1', 'namespaces'), namespaces);
  await ensureAll(engine, engine.kinds.find(rbac, 'v1', 'clusterroles'), bootstrapRoles);
  await ensureAll(engine, engine.kinds.find(rbac, 'v1', 'clusterrolebindings'), bootstrapBindings);
}

async function ensureAll(engine: Engine, kind: KindDefinition | undefined, objects: readonly object[]): Promise<void> {
  if (!kind) return;
  const { group, version, plural } = kind;
  const hub = await engine.fresh(kind);
  const caller = { user: controllers, agent: 'godwit' };
  const address: Address = { group, version, plural };
  const missing = objects.filter((object) => {
    const { name } = (object as { metadata: { name: string } }).metadata;
    return !hub.cache.get(documentKey(kind, undefined, name));
  });
  await Promise.all(
    missing.map(async (object) => {
      try {
        await createDocument(engine, caller, address, object, { fieldValidation: 'Strict' });
      } catch (error) {
        // Another server begins at the same time.
        if (!hasCode(error, 'AlreadyExists')) throw error;
      }
    }),
  );
}
