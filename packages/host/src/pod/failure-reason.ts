import { codeOf } from '@godwit/base';
import type { PodAction } from './pod-input.ts';

interface FailureWords {
  /** One word for the container's status. */
  readonly reason: string;
  /** The program of a container could not be run: counts as an exit. */
  readonly startError: boolean;
  /** Reason of the event that tells people; absent: only the log. */
  readonly event?: string;
}

/** Reasons by failure code, as Kubernetes' users know them. */
const startReasons: Readonly<Record<string, string>> = {
  'image-pull-failed': 'ErrImagePull',
  'image-never-pull': 'ErrImageNeverPull',
  'invalid-image-name': 'InvalidImageName',
  'configuration-error': 'CreateContainerConfigError',
  'volume-source-missing': 'CreateContainerConfigError',
  'container-create-failed': 'CreateContainerError',
};

const events: Readonly<Record<string, string>> = {
  attach: 'FailedCreatePodSandBox',
  mount: 'FailedMount',
  start: 'Failed',
  signal: 'FailedKillPod',
  resize: 'ResizeError',
};

/** In which words a failed action is told. */
export function failureReason(action: PodAction, error: unknown): FailureWords {
  const code = codeOf(error);
  const event = events[action.type];
  const told = event === undefined ? {} : { event };
  if (action.type !== 'start') return { reason: event ?? code, startError: false, ...told };
  if (code === 'container-start-failed') return { reason: 'StartError', startError: true, ...told };
  return { reason: startReasons[code] ?? 'CreateContainerError', startError: false, ...told };
}
