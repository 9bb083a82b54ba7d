import type { ConfigMap, Pod, Secret, Service, Stored } from '@godwit/kinds';

/** Where pods' configuration comes from. All of it is read through the API as this host's own user. */
export interface ConfigurationSource {
  /** Undefined when there is none. */
  configMap(namespace: string, name: string): Promise<ConfigMap | undefined>;
  secret(namespace: string, name: string): Promise<Secret | undefined>;
  /** Services of the pod's namespace, and `kubernetes` of `default`, as they stand now. */
  services(namespace: string): Promise<readonly Stored<Service>[]>;
  /** A token of the pod's service account, bound to the pod. */
  token(pod: Stored<Pod>, audiences: readonly string[], expirationSeconds: number): Promise<Token>;
  /** Folder of the volume that a claim is bound to. Throws Failure `volume-not-ready`. */
  claimFolder(namespace: string, claim: string): Promise<string>;
  /**
   * From now on `onChange` hears of changes of the ConfigMaps and Secrets that the pod reads; a second call
   * for the same pod replaces the first. `forget` ends it.
   */
  follow(pod: Stored<Pod>, onChange: () => void): void;
  forget(podUid: string): void;
}

export interface Token {
  readonly text: string;
  readonly expiresAtMs: number;
}

/** ConfigMaps and Secrets that a pod's volumes and variables mention. */
export interface Mentions {
  readonly configMaps: ReadonlySet<string>;
  readonly secrets: ReadonlySet<string>;
}

/** Names of what a pod shows in volumes, which must follow changes; variables are read at each start. */
export function mentionsOf(pod: Pod): Mentions {
  const configMaps = new Set<string>();
  const secrets = new Set<string>();
  for (const volume of pod.spec.volumes ?? []) {
    if (volume.configMap?.name) configMaps.add(volume.configMap.name);
    if (volume.secret?.secretName) secrets.add(volume.secret.secretName);
    for (const source of volume.projected?.sources ?? []) {
      if (source.configMap?.name) configMaps.add(source.configMap.name);
      if (source.secret?.name) secrets.add(source.secret.name);
    }
  }
  return { configMaps, secrets };
}
