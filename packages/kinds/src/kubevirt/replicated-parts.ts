import { countColumn } from '../columns/index.ts';
import {
  type Column,
  filled,
  int32,
  type KubeObject,
  listOf,
  object,
  type ScaleSubresource,
  string,
  time,
} from '../machinery/index.ts';
import { conditionFields } from '../shared/condition.ts';
import { kubevirt } from './component-name.ts';
import { age } from './status-columns.ts';

/** What the two kinds share that keep a number of equal machines: fields of status, columns, the scale. */

const condition = (kind: string) =>
  object(
    {
      ...conditionFields('ReplicaFailure or ReplicaPaused.'),
      lastProbeTime: time('When it was last looked at.'),
    },
    'One aspect of how the set stands.',
    kubevirt(kind),
  );

/** Fields of the status. `kind` names the type of its conditions. */
export const replicatedStatus = (kind: string) => ({
  replicas: filled(int32('Machines that are there.')),
  readyReplicas: int32('Machines that answer.'),
  conditions: listOf(condition(kind), 'How the set stands.'),
  labelSelector: string('The selector as text, for autoscalers.'),
});

export const replicatedScale: ScaleSubresource = {
  specReplicasPath: 'spec.replicas',
  statusReplicasPath: 'status.replicas',
  selectorPath: 'status.labelSelector',
};

interface Replicated extends KubeObject {
  readonly spec: { readonly replicas?: number };
  readonly status?: { readonly replicas?: number; readonly readyReplicas?: number };
}

export const replicatedColumns: readonly Column<Replicated>[] = [
  countColumn('Desired', 'Machines that are wanted.', ({ spec }) => spec.replicas ?? 1),
  countColumn('Current', 'Machines that are there.', ({ status }) => status?.replicas ?? 0),
  countColumn('Ready', 'Machines that answer.', ({ status }) => status?.readyReplicas ?? 0),
  age,
];
