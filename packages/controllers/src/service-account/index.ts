/**
 * What every namespace needs so that machines can speak to the API: the ServiceAccount `default`, and the
 * certificate of the API's authority in the ConfigMap `kube-root-ca.crt`.
 */
export * from './service-account-reconciler.ts';
