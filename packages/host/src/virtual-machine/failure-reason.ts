/**
 * What went wrong, as the one word that conditions and events carry. KubeVirt's and Kubernetes' own words where they
 * have one.
 */
const REASONS: Readonly<Record<string, string>> = {
  'image-not-found': 'ErrImagePull',
  'image-pull-failed': 'ErrImagePull',
  'disk-not-found': 'DiskNotFound',
  'disk-corrupt': 'CorruptDisk',
  'disk-in-use': 'DiskInUse',
  'no-space': 'NoSpaceLeft',
  'no-memory': 'NoMemoryLeft',
  'bad-volume': 'InvalidVolume',
  'volume-not-ready': 'VolumeNotReady',
  'unsupported-hardware': 'UnsupportedHardware',
  'missing-object': 'MissingObject',
  'address-missing': 'AddressMissing',
  'program-missing': 'ProgramMissing',
  'cannot-grow': 'CannotGrow',
  'cannot-shrink': 'CannotShrink',
};

/** Failures that a user can repair only by hand: tried again, but with patience. */
const LASTING = new Set([
  'disk-corrupt',
  'bad-volume',
  'unsupported-hardware',
  'image-not-found',
  'image-pull-failed',
  'cannot-grow',
  'cannot-shrink',
]);

const LASTING_FIRST_MS = 5_000;

const OF_ACTION: Readonly<Record<string, string>> = {
  attach: 'FailedAttachNetwork',
  'set-sockets': 'FailedResize',
  'set-memory': 'FailedResize',
  'use-processors': 'FailedResize',
  'look-at-memory': 'FailedResize',
  'give-credentials': 'FailedAccessCredentials',
  clean: 'FailedCleanUp',
  detach: 'FailedDetachNetwork',
  press: 'FailedShutdown',
};

export function failureReason(code: string, actionType: string): string {
  return REASONS[code] ?? OF_ACTION[actionType] ?? 'FailedStart';
}

/** The word that is shown: a pull that has failed again and waits is called so, as at pods. */
export function shownReason({ reason, delayMs }: { readonly reason: string; readonly delayMs: number }): string {
  return reason === 'ErrImagePull' && delayMs > LASTING_FIRST_MS ? 'ImagePullBackOff' : reason;
}

interface BackOff {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** How soon an action that failed in this way is tried again, doubling up to the longest wait. */
export function backOff(code: string, lane: string): BackOff {
  if (lane === 'status') return { firstMs: 200, longestMs: 30_000 };
  if (LASTING.has(code)) return { firstMs: LASTING_FIRST_MS, longestMs: 300_000 };
  return { firstMs: 500, longestMs: 30_000 };
}
