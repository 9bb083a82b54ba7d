import { timestamp } from '@godwit/base';
import { type Cause, StatusFailure } from '@godwit/kinds';
import { Document } from '../documents/document.ts';
import { documentKey } from '../documents/keys.ts';
import type { Engine } from '../operations/engine.ts';
import { systemNamespaces } from '../operations/system-namespaces.ts';
import { forbidden, notFound } from '../validation/index.ts';
import type { AdmissionRequest, Admitter } from './admitter.ts';
import type { LiveHub } from './index.ts';

/**
 * Nothing is made in a namespace that is not there or is going. A new namespace gets its default service
 * account, and the certificate that its pods trust, in the same batch: no pod can come too early for them.
 */
export async function namespaceLifecycle(engine: Engine, live: LiveHub): Promise<Admitter | undefined> {
  const hub = await live('', 'v1', 'namespaces');
  if (!hub) return undefined;

  async function checkNamespace(request: AdmissionRequest, namespace: string): Promise<void> {
    const key = documentKey(hub?.kind as never, undefined, namespace);
    let document = hub?.cache.get(key);
    if (!document) {
      await engine.current();
      document = hub?.cache.get(key);
    }
    if (!document) throw notFound({ group: '', plural: 'namespaces' }, namespace);
    if (document.object.metadata.deletionTimestamp) throw terminating(request, namespace);
  }

  return {
    name: 'namespace-lifecycle',
    admit(request) {
      const { operation, kind, address } = request;
      if (operation === 'create' && kind.namespaced) return checkNamespace(request, address.namespace ?? '');
      if (kind.group !== '' || kind.plural !== 'namespaces') return undefined;
      if (operation === 'create') furnish(engine, request);
      if (operation === 'delete' && systemNamespaces.includes(address.name ?? '')) {
        throw forbidden(kind, address.name ?? '', 'this namespace may not be deleted');
      }
      return undefined;
    },
  };
}

function terminating({ kind, address, object }: AdmissionRequest, namespace: string): StatusFailure {
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${namespace} is being terminated`,
    field: 'metadata.namespace',
  } as unknown as Cause;
  return forbidden(kind, address.name ?? object.metadata.name ?? '', why, [cause]);
}

/** What every namespace begins with. */
function furnish(engine: Engine, request: AdmissionRequest): void {
  const namespace = request.object.metadata.name as string;
  const put = (plural: string, kind: string, name: string, body: object) => {
    if (!engine.kinds.find('', 'v1', plural)) return;
    const metadata = {
      name,
      namespace,
      uid: engine.world.ids.uuid(),
      creationTimestamp: timestamp(engine.world.clock),
    };
    const object = { apiVersion: 'v1', kind, metadata, ...body };
    const key = documentKey({ group: '', plural }, namespace, name);
    // Whatever stands there is left over from a namespace of the same name.
    request.append({ key, body: Document.draft(object) });
  };
  put('serviceaccounts', 'ServiceAccount', 'default', {});
  const { rootCertificate } = engine.options;
  if (rootCertificate) put('configmaps', 'ConfigMap', 'kube-root-ca.crt', { data: { 'ca.crt': rootCertificate } });
}
