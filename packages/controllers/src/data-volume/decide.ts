import {
  type DataVolume,
  type DataVolumePhase,
  type DataVolumeStatus,
  type FillState,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type StorageClass,
  type Stored,
  selectedNodeAnnotation,
  volumeStateOf,
  waitsForFirstUser,
} from '@godwit/kinds';
import type { FillOrder } from './fill-of-source.ts';

export interface Observation {
  readonly dataVolume: Stored<DataVolume>;
  /** The claim of the same name, whoever made it. */
  readonly claim: Stored<PersistentVolumeClaim> | undefined;
  readonly volume: PersistentVolume | undefined;
  readonly storageClass: StorageClass | undefined;
  readonly order: FillOrder;
  /** RFC 3339, whole seconds. */
  readonly now: string;
}

export interface Decision {
  readonly createClaim: boolean;
  readonly status: DataVolumeStatus;
  readonly event?: { readonly warning: boolean; readonly reason: string; readonly message: string };
}

/** Where it stands, and why, before conditions are made of it. */
interface Standing {
  readonly phase: DataVolumePhase;
  readonly fill?: FillState;
  readonly reason?: string;
  readonly message?: string;
}

export function decide(observation: Observation): Decision {
  const { dataVolume, claim, order } = observation;
  const settled = dataVolume.status?.phase === 'Succeeded';
  if (!claim && settled)
    return tell(observation, { phase: 'Failed', reason: 'ClaimLost', message: 'the claim has gone' });
  if (!claim && order.type !== 'fill') {
    const { reason, message } = order;
    return tell(observation, { phase: order.type === 'wait' ? waitingPhase(dataVolume) : 'Failed', reason, message });
  }
  if (!claim) return { ...tell(observation, { phase: 'Pending' }), createClaim: true };
  const owned = claim.metadata.ownerReferences?.some(({ uid }) => uid === dataVolume.metadata.uid) === true;
  if (!owned) {
    const message = `PVC ${claim.metadata.name} already exists and does not belong to this DataVolume`;
    return tell(observation, { phase: 'Pending', reason: 'ErrClaimNotOwned', message });
  }
  return tell(observation, standingOf(observation, claim));
}

function standingOf(observation: Observation, claim: Stored<PersistentVolumeClaim>): Standing {
  const { dataVolume, volume, storageClass } = observation;
  const late = waitsForFirstUser(claim, storageClass);
  if (claim.status?.phase === 'Lost')
    return { phase: 'Failed', reason: 'ClaimLost', message: 'the claim has lost its volume' };
  if (claim.status?.phase !== 'Bound') {
    const waits = late && !claim.metadata.annotations?.[selectedNodeAnnotation];
    return { phase: waits ? 'WaitForFirstConsumer' : 'Pending' };
  }
  const state = volumeStateOf(volume);
  const fill = state?.fill;
  if (state?.phase === 'Failed' && fill?.phase !== 'Succeeded') {
    const message = state.message ?? 'the host cannot make the volume';
    return { phase: scheduledPhase(dataVolume), reason: 'Error', message };
  }
  if (!fill) return { phase: scheduledPhase(dataVolume) };
  const { reason, message } = fill;
  return { phase: phaseOfFill(dataVolume, fill), fill, ...(reason && { reason }), ...(message && { message }) };
}

type Work = 'Import' | 'Clone' | 'Upload';

function workOf({ spec }: DataVolume): Work {
  if (spec.source?.pvc) return 'Clone';
  return spec.source?.upload ? 'Upload' : 'Import';
}

function scheduledPhase(dataVolume: DataVolume): DataVolumePhase {
  return `${workOf(dataVolume)}Scheduled`;
}

function waitingPhase(dataVolume: DataVolume): DataVolumePhase {
  return dataVolume.spec.source?.pvc ? 'CloneScheduled' : 'Pending';
}

function phaseOfFill(dataVolume: DataVolume, { phase }: FillState): DataVolumePhase {
  const work = workOf(dataVolume);
  switch (phase) {
    case 'Scheduled':
      return `${work}Scheduled`;
    case 'Ready':
      return work === 'Upload' ? 'UploadReady' : `${work}Scheduled`;
    case 'Running':
      return work === 'Upload' ? 'UploadReady' : `${work}InProgress`;
    default:
      return phase;
  }
}

function tell({ dataVolume, claim, now }: Observation, standing: Standing): Decision {
  const { phase, fill, reason, message } = standing;
  const before = dataVolume.status ?? {};
  const status: DataVolumeStatus = {
    ...before,
    phase,
    ...(claim && { claimName: claim.metadata.name }),
    progress: progressOf(phase, fill),
    restartCount: fill?.restarts ?? before.restartCount ?? 0,
    conditions: conditionsOf(standing, claim).map((condition) => keepTimes(condition, before.conditions, now)),
  };
  const changed = before.phase !== phase;
  const trouble = reason !== undefined && !before.conditions?.some((known) => known.message === message);
  if (trouble && phase !== 'Succeeded') {
    return { createClaim: false, status, event: { warning: true, reason, message: message ?? '' } };
  }
  if (!changed || before.phase === undefined) return { createClaim: false, status };
  const { name } = dataVolume.metadata;
  const what = phase === 'Succeeded' ? `${workOf(dataVolume)} into ${name} succeeded` : `${name} is ${phase}`;
  const eventReason = phase === 'Succeeded' ? `${workOf(dataVolume)}Succeeded` : phase;
  return { createClaim: false, status, event: { warning: phase === 'Failed', reason: eventReason, message: what } };
}

function progressOf(phase: DataVolumePhase, fill: FillState | undefined): string {
  if (phase === 'Succeeded') return '100.0%';
  return fill?.progress === undefined ? 'N/A' : `${Math.min(100, Math.max(0, fill.progress)).toFixed(1)}%`;
}

type Condition = NonNullable<DataVolumeStatus['conditions']>[number];

function conditionsOf(standing: Standing, claim: Stored<PersistentVolumeClaim> | undefined): Condition[] {
  const { phase, fill, reason, message } = standing;
  const bound = claim?.status?.phase === 'Bound';
  // A transfer that broke and will be tried again says why.
  const failing = fill?.phase === 'Running' && fill.reason !== undefined;
  const running = !failing && (fill?.phase === 'Running' || fill?.phase === 'Ready');
  const said = { ...(reason && { reason }), ...(message && { message }) };
  const boundCondition: Condition = bound
    ? { type: 'Bound', status: 'True', reason: 'Bound', message: `PVC ${claim.metadata.name} Bound` }
    : {
        type: 'Bound',
        status: 'False',
        reason: 'Pending',
        message: 'No PVC found',
        ...(claim ? pendingText(claim) : {}),
        ...said,
      };
  const done = phase === 'Succeeded';
  return [
    boundCondition,
    { type: 'Ready', status: done ? 'True' : 'False', ...(!done && said) },
    {
      type: 'Running',
      status: running ? 'True' : 'False',
      ...(running ? { reason: 'Pod is running' } : done ? { reason: 'Completed' } : {}),
      ...(!done && bound && (failing ? { ...said, reason: failingReason(fill) } : said)),
    },
  ];
}

/** The two words that KubeVirt looks for when it says `DataVolumeError`. */
function failingReason({ reason }: FillState): string {
  return reason === 'ImagePullFailed' ? reason : 'Error';
}

function pendingText({ metadata }: Stored<PersistentVolumeClaim>): { message: string } {
  return { message: `PVC ${metadata.name} Pending` };
}

function keepTimes(condition: Condition, before: readonly Condition[] | undefined, now: string): Condition {
  const known = before?.find(({ type }) => type === condition.type);
  const same = known?.status === condition.status ? known.lastTransitionTime : undefined;
  return { ...condition, lastTransitionTime: same ?? now };
}
