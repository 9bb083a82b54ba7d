import type { KindDefinition } from '@godwit/kinds';

/** Groups of Kubernetes whose package is not named after the first word of the group. */
const packages: Readonly<Record<string, string>> = {
  '': 'io.k8s.api.core',
  'apiextensions.k8s.io': 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions',
  'apiregistration.k8s.io': 'io.k8s.kube-aggregator.pkg.apis.apiregistration',
  'metrics.k8s.io': 'io.k8s.metrics.pkg.apis.metrics',
};

/** The OpenAPI component name of a kind, as Kubernetes would publish it: `io.k8s.api.apps.v1.Deployment`. */
export function componentName(kind: Pick<KindDefinition, 'group' | 'version' | 'kind'>): string {
  return `${packageOf(kind.group)}.${kind.version}.${kind.kind}`;
}

function packageOf(group: string): string {
  const known = packages[group];
  if (known !== undefined) return known;
  const labels = group.split('.');
  if (labels.length === 1 || group.endsWith('.k8s.io')) return `io.k8s.api.${labels[0]}`;
  return labels.reverse().join('.');
}
