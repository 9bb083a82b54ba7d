import type { Draft } from '../machinery/index.ts';
import { defaultPodTemplate } from '../pod/pod-defaults.ts';
import type { Deployment } from './deployment-body.ts';
import type { ReplicaSet } from './replica-set-body.ts';

export function defaultReplicaSet(draft: Draft<ReplicaSet>): void {
  draft.spec.replicas ??= 1;
  defaultPodTemplate(draft.spec.template);
  draft.status = { ...draft.status, replicas: draft.status?.replicas ?? 0 };
}

export function defaultDeployment(draft: Draft<Deployment>): void {
  const { spec } = draft;
  spec.replicas ??= 1;
  spec.strategy ??= {};
  spec.strategy.type ||= 'RollingUpdate';
  if (spec.strategy.type === 'RollingUpdate') {
    spec.strategy.rollingUpdate ??= {};
    spec.strategy.rollingUpdate.maxUnavailable ??= '25%';
    spec.strategy.rollingUpdate.maxSurge ??= '25%';
  }
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
  defaultPodTemplate(spec.template);
  draft.status ??= {};
}
