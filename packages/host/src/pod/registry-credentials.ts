import type { Pod, Secret } from '@godwit/kinds';
import type { RegistryCredentials } from '../container-driver.ts';
import type { ConfigurationSource } from './configuration.ts';
import { textOfBase64 } from './environment.ts';

interface DockerConfiguration {
  readonly auths?: Readonly<Record<string, { username?: string; password?: string; auth?: string }>>;
}

/** Registry logins from the pod's imagePullSecrets; a secret that is missing is left out, as in Kubernetes. */
export async function credentialsOf(pod: Pod, source: ConfigurationSource): Promise<readonly RegistryCredentials[]> {
  const names = (pod.spec.imagePullSecrets ?? []).flatMap(({ name }) => name ?? []);
  const secrets = await Promise.all(names.map((name) => source.secret(pod.metadata.namespace ?? '', name)));
  return secrets.flatMap((secret) => (secret ? loginsOf(secret) : []));
}

function loginsOf(secret: Secret): readonly RegistryCredentials[] {
  const config = secret.data?.['.dockerconfigjson'];
  const legacy = secret.data?.['.dockercfg'];
  const text = config ?? legacy;
  if (text === undefined) return [];
  try {
    const parsed = JSON.parse(textOfBase64(text)) as DockerConfiguration;
    const auths = config === undefined ? (parsed as DockerConfiguration['auths']) : parsed.auths;
    return Object.entries(auths ?? {}).map(([server, login]) => {
      const [username = '', ...rest] = login.auth ? textOfBase64(login.auth).split(':') : [];
      return {
        server: server.replace(/^https?:\/\//, '').replace(/\/.*$/, ''),
        username: login.username ?? username,
        password: login.password ?? rest.join(':'),
      };
    });
  } catch {
    return [];
  }
}
