import type { Container, Draft, Pod, ServiceAccount, Volume } from '@godwit/kinds';
import { documentKey } from '../documents/keys.ts';
import type { KindHub } from '../documents/kind-hub.ts';
import type { Engine } from '../operations/engine.ts';
import { forbidden } from '../validation/index.ts';
import type { AdmissionRequest, Admitter } from './admitter.ts';
import type { LiveHub } from './index.ts';

const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
/** A token of a bit more than an hour: whoever renews it has time to. */
const TOKEN_SECONDS = 3607;

/** A pod acts as a service account that exists, and finds its token, the root certificate and its namespace. */
export async function podServiceAccount(engine: Engine, live: LiveHub): Promise<Admitter | undefined> {
  const hub = await live('', 'v1', 'serviceaccounts');
  if (!hub) return undefined;
  async function accountNamed(namespace: string, name: string): Promise<ServiceAccount | undefined> {
    const key = documentKey((hub as KindHub).kind, namespace, name);
    if (!hub?.cache.get(key)) await engine.current();
    return hub?.cache.get(key)?.object;
  }

  async function admitPod({ kind, object, address }: AdmissionRequest): Promise<void> {
    const pod = object as unknown as Draft<Pod>;
    const { spec } = pod;
    spec.serviceAccountName ||= 'default';
    spec.serviceAccount = spec.serviceAccountName;
    const name = spec.serviceAccountName;
    const account = await accountNamed(address.namespace ?? '', name);
    if (!account) {
      const why = `error looking up service account ${address.namespace}/${name}: serviceaccount "${name}" not found`;
      throw forbidden(kind, pod.metadata.name ?? '', why);
    }
    if (!spec.imagePullSecrets?.length && account.imagePullSecrets?.length) {
      spec.imagePullSecrets = account.imagePullSecrets.map((secret) => ({ ...secret }));
    }
    const automount = spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
    if (automount && engine.options.tokens) mountToken(engine, spec);
  }

  return {
    name: 'pod-service-account',
    admit(request) {
      const { operation, kind } = request;
      return operation === 'create' && kind.group === '' && kind.plural === 'pods' ? admitPod(request) : undefined;
    },
  };
}

type ContainerDraft = Draft<Pick<Container, 'volumeMounts'>>;

function mountToken(engine: Engine, spec: Draft<Pod['spec']>): void {
  const containers = [...spec.containers, ...(spec.initContainers ?? [])] as ContainerDraft[];
  const without = containers.filter(
    ({ volumeMounts }) => !volumeMounts?.some(({ mountPath }) => mountPath === MOUNT_PATH),
  );
  if (without.length === 0) return;
  const name = `kube-api-access-${engine.world.ids.suffix(5)}`;
  for (const container of without) {
    container.volumeMounts = [...(container.volumeMounts ?? []), { name, mountPath: MOUNT_PATH, readOnly: true }];
  }
  spec.volumes = [...(spec.volumes ?? []), tokenVolume(name)];
}

function tokenVolume(name: string): Draft<Volume> {
  return {
    name,
    projected: {
      defaultMode: 0o644,
      sources: [
        { serviceAccountToken: { path: 'token', expirationSeconds: TOKEN_SECONDS } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }], optional: true } },
        {
          downwardAPI: {
            items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
          },
        },
      ],
    },
  };
}
