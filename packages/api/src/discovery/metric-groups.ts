import {
  customGroup,
  customVersions,
  externalGroup,
  externalVersion,
  type MetricNames,
} from '../operations/metric-values/index.ts';
import type { BareResource, Group } from './groups.ts';

/** The groups of metrics, with those that there are now. */
export function metricGroups({ objects, outside }: MetricNames): Group[] {
  const custom = [...Map.groupBy(objects, ({ plural }) => plural)].map(
    ([plural, found]): BareResource => ({
      plural,
      namespaced: found[0]?.namespaced ?? true,
      kind: 'MetricValueList',
      verbs: [],
      subresources: found.map(({ metric }) => ({ name: metric, verbs: ['get'] })),
    }),
  );
  const external = outside.map(
    (plural): BareResource => ({
      plural,
      namespaced: true,
      kind: 'ExternalMetricValueList',
      verbs: ['get'],
      subresources: [],
    }),
  );
  const group = (name: string, versions: readonly string[], bare: readonly BareResource[]): Group => ({
    name,
    versions: versions.map((version) => ({ group: name, version, kinds: [], bare })),
  });
  return [group(customGroup, customVersions, custom), group(externalGroup, [externalVersion], external)];
}
