/** Namespaces that every cloud has and that cannot be deleted. */
export const systemNamespaces: readonly string[] = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];
