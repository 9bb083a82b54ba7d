import type { KeyPair } from './certificates.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** A kubeconfig (YAML) with one cluster, one user with a client certificate, and one context. */
export function renderKubeconfig(server: string, authorityCertificate: string, user: string, pair: KeyPair): string {
  return `apiVersion: v1
kind: Config
clusters:
- name: godwit
  cluster:
    server: ${server}
    certificate-authority-data: ${base64(authorityCertificate)}
users:
- name: ${user}
  user:
    client-certificate-data: ${base64(pair.certificate)}
    client-key-data: ${base64(pair.privateKey)}
contexts:
- name: godwit
  context: {cluster: godwit, user: ${user}, namespace: default}
current-context: godwit
`;
}
