import { counted } from '@godwit/base';
import type { Deployment, DeploymentCondition } from '@godwit/kinds';
import { type Bounds, type Set, sum } from './bounds.ts';
import { type DeploymentStatus, hasProgressed, isComplete } from './deployment-status.ts';

export interface Instant {
  readonly nowMs: number;
  /** RFC 3339. */
  readonly now: string;
}

/** What happened in this step that the status alone does not show. */
export interface StepFacts {
  /** Name of the newest version's set; undefined before there is one. */
  readonly version: string | undefined;
  /** The set was made in this step. */
  readonly created: boolean;
  /** Why the set could not be made. */
  readonly failure?: string;
}

type Verdict = Pick<DeploymentCondition, 'status' | 'reason' | 'message'>;

/** No deadline: the largest number that the field can hold stands for never. */
const NEVER_SECONDS = 2 ** 31 - 1;

function find(deployment: Deployment, type: string): DeploymentCondition | undefined {
  return deployment.status?.conditions?.find((condition) => condition.type === type);
}

/** Sets a condition; its instant of transition stays while the status stays. */
function set(
  known: DeploymentCondition | undefined,
  type: string,
  verdict: Verdict,
  { now }: Instant,
  touched: boolean,
) {
  const same = known?.status === verdict.status && known.reason === verdict.reason && known.message === verdict.message;
  if (known && same && !touched) return known;
  const lastTransitionTime = known?.status === verdict.status ? (known.lastTransitionTime ?? now) : now;
  return { type, ...verdict, lastUpdateTime: now, lastTransitionTime };
}

/** When the rollout will have stood still for too long, in milliseconds; undefined while it cannot. */
export function deadlineMs(deployment: Deployment): number | undefined {
  const { progressDeadlineSeconds = NEVER_SECONDS, paused } = deployment.spec;
  const progressing = find(deployment, 'Progressing');
  if (progressDeadlineSeconds >= NEVER_SECONDS || paused || !progressing?.lastUpdateTime) return undefined;
  const settled = ['NewReplicaSetAvailable', 'ProgressDeadlineExceeded', 'DeploymentPaused'];
  if (settled.includes(progressing.reason ?? '')) return undefined;
  return Date.parse(progressing.lastUpdateTime) + progressDeadlineSeconds * 1000;
}

function progressVerdict(
  deployment: Deployment,
  status: DeploymentStatus,
  facts: StepFacts,
  at: Instant,
): (Verdict & { readonly touched?: boolean }) | undefined {
  const known = find(deployment, 'Progressing');
  const { version, created, failure } = facts;
  if (deployment.spec.paused)
    return { status: 'Unknown', reason: 'DeploymentPaused', message: 'the rollout is paused' };
  if (failure !== undefined) return { status: 'False', reason: 'ReplicaSetCreateError', message: failure };
  if (created) {
    return {
      status: 'True',
      reason: 'NewReplicaSetCreated',
      message: `created the new replica set "${version}"`,
      touched: true,
    };
  }
  const resting = known?.reason === 'NewReplicaSetAvailable' && status.replicas === status.updatedReplicas;
  if (resting && !isComplete(deployment, status)) return undefined;
  if (isComplete(deployment, status)) {
    const message = `the replica set "${version}" is rolled out`;
    return { status: 'True', reason: 'NewReplicaSetAvailable', message };
  }
  if (hasProgressed(deployment.status ?? {}, status)) {
    return {
      status: 'True',
      reason: 'ReplicaSetUpdated',
      message: `the replica set "${version}" is being rolled out`,
      touched: true,
    };
  }
  const deadline = deadlineMs(deployment);
  if (deadline !== undefined && deadline <= at.nowMs) {
    return {
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
      message: `the rollout of the replica set "${version}" stands still`,
    };
  }
  if (known?.reason === 'DeploymentPaused')
    return { status: 'Unknown', reason: 'DeploymentResumed', message: 'the rollout goes on' };
  if (!known && version)
    return { status: 'True', reason: 'FoundNewReplicaSet', message: `found the new replica set "${version}"` };
  return undefined;
}

function availability(status: DeploymentStatus, { minAvailable }: Bounds): Verdict {
  const found = status.availableReplicas ?? 0;
  return found >= minAvailable
    ? { status: 'True', reason: 'MinimumReplicasAvailable', message: 'as many pods as needed are available' }
    : {
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: `${found} of at least ${counted(minAvailable, 'pod')} ${found === 1 ? 'is' : 'are'} available`,
      };
}

function replicaFailure(sets: readonly Set[]): Verdict | undefined {
  const failures = sets
    .flatMap((item) => item.status?.conditions ?? [])
    .filter(({ type }) => type === 'ReplicaFailure');
  const last = failures.at(-1);
  if (!last) return undefined;
  return {
    status: last.status,
    ...(last.reason && { reason: last.reason }),
    ...(last.message && { message: last.message }),
  };
}

/** The conditions of the status, old ones kept where nothing is new. Pure. */
export function rolloutConditions(
  deployment: Deployment,
  status: DeploymentStatus,
  sets: readonly Set[],
  bounds: Bounds,
  facts: StepFacts,
  at: Instant,
): readonly DeploymentCondition[] {
  const known = (type: string) => find(deployment, type);
  const conditions = [set(known('Available'), 'Available', availability(status, bounds), at, false)];
  const tracked = (deployment.spec.progressDeadlineSeconds ?? NEVER_SECONDS) < NEVER_SECONDS;
  const progress = tracked ? progressVerdict(deployment, status, facts, at) : undefined;
  const before = known('Progressing');
  if (progress) {
    const { touched = false, ...verdict } = progress;
    conditions.push(set(before, 'Progressing', verdict, at, touched));
  } else if (tracked && before) conditions.push(before);
  const failure = sum(sets, (item) => item.status?.conditions?.length ?? 0) > 0 ? replicaFailure(sets) : undefined;
  if (failure) conditions.push(set(known('ReplicaFailure'), 'ReplicaFailure', failure, at, false));
  return conditions;
}
