import { isFinal, type PrintableStatus, runStrategyOf } from '@godwit/kinds';
import { hasDataVolumeError, hasProvisioning, hasUnboundClaim } from './data-volumes.ts';
import type { Observation } from './observation.ts';
import type { Wish } from './run-strategy.ts';
import { isMeantToRun } from './run-strategy.ts';

/** What is being done about the instance at this moment. */
export interface Intent {
  readonly starting: boolean;
  readonly stopping: boolean;
  /** Failed starts in a row. */
  readonly failures: number;
}

export const intentOf = (wish: Wish, failures: number): Intent => ({
  starting: wish.type === 'start',
  stopping: wish.type === 'stop',
  failures,
});

/**
 * How a machine stands, in one word. Several words may be true at once; the order in which they are tried
 * is KubeVirt's, and the first one that is true holds.
 */
export function printableStatusOf(observation: Observation, intent: Intent): PrintableStatus {
  const { machine, instance } = observation;
  const phase = instance?.status?.phase;
  const holds = (type: string, status: string, reason?: string) =>
    instance?.status?.conditions?.some(
      (condition) => condition.type === type && condition.status === status && (!reason || condition.reason === reason),
    ) === true;
  const alive = instance !== undefined && !isFinal(instance);
  const restarts = ['Always', 'RerunOnFailure', 'Once'].includes(runStrategyOf(machine));
  const migration = instance?.status?.migrationState;

  if (machine.metadata.deletionTimestamp) return 'Terminating';
  if (alive && (instance.metadata.deletionTimestamp || intent.stopping)) return 'Stopping';
  if (alive && migration?.startTimestamp && !migration.endTimestamp) return 'Migrating';
  if (phase === 'Running') return holds('Paused', 'True') ? 'Paused' : 'Running';
  if (holds('Synchronized', 'False', 'FailedPvcNotFound')) return 'ErrorPvcNotFound';
  if (hasDataVolumeError(observation)) return 'DataVolumeError';
  if (alive && holds('PodScheduled', 'False', 'Unschedulable')) return 'ErrorUnschedulable';
  if (hasProvisioning(observation)) return 'Provisioning';
  if (isMeantToRun(machine, instance) && hasUnboundClaim(observation)) return 'WaitingForVolumeBinding';
  if (holds('Synchronized', 'False', 'ErrImagePull')) return 'ErrImagePull';
  if (holds('Synchronized', 'False', 'ImagePullBackOff')) return 'ImagePullBackOff';
  if (instance ? !phase || ['Pending', 'Scheduling', 'Scheduled'].includes(phase) : intent.starting) return 'Starting';
  if (!alive && intent.failures > 0 && restarts) return 'CrashLoopBackOff';
  return !instance || isFinal(instance) ? 'Stopped' : 'Unknown';
}
