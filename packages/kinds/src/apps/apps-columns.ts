import { countColumn, textColumn, wide } from '../columns/index.ts';
import type { Column } from '../machinery/index.ts';
import type { PodTemplate } from '../pod/pod-template.ts';
import { formatLabelSelector } from '../selectors/label-selector-text.ts';
import type { LabelSelector } from '../shared/label-selector.ts';
import type { Deployment } from './deployment-body.ts';
import type { ReplicaSet } from './replica-set-body.ts';

interface Templated {
  readonly spec: { readonly template: PodTemplate; readonly selector: LabelSelector };
}

const templateColumns: readonly Column<Templated>[] = [
  wide(
    textColumn('Containers', 'Names of the containers.', ({ spec }) =>
      spec.template.spec.containers.map(({ name }) => name).join(','),
    ),
  ),
  wide(
    textColumn('Images', 'Images of the containers.', ({ spec }) =>
      spec.template.spec.containers.map(({ image }) => image ?? '').join(','),
    ),
  ),
  wide(textColumn('Selector', 'Labels of the pods.', ({ spec }) => formatLabelSelector(spec.selector))),
];

export const deploymentColumns: readonly Column<Deployment>[] = [
  textColumn(
    'Ready',
    'Pods that are ready, of those wanted.',
    ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec.replicas ?? 1}`,
  ),
  countColumn('Up-to-date', 'Pods of the current template.', ({ status }) => status?.updatedReplicas ?? 0),
  countColumn('Available', 'Pods that have been ready long enough.', ({ status }) => status?.availableReplicas ?? 0),
  ...templateColumns,
];

export const replicaSetColumns: readonly Column<ReplicaSet>[] = [
  countColumn('Desired', 'Pods that are wanted.', ({ spec }) => spec.replicas ?? 1),
  countColumn('Current', 'Pods that are there.', ({ status }) => status?.replicas ?? 0),
  countColumn('Ready', 'Pods that are ready.', ({ status }) => status?.readyReplicas ?? 0),
  ...templateColumns,
];
