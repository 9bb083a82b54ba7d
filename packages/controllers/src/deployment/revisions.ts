import type { Deployment, ReplicaSet } from '@godwit/kinds';
import { decisionAnnotation } from '@godwit/planner';
import type { Bounds, Set } from './bounds.ts';

/** Annotations by which kubectl reads the history, and by which scaling is noticed. */
export const REVISION = 'deployment.kubernetes.io/revision';
const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
export const DESIRED = 'deployment.kubernetes.io/desired-replicas';
export const MAXIMUM = 'deployment.kubernetes.io/max-replicas';

/** What belongs to a Deployment alone and is not copied onto its versions. */
const OWN = new Set<string>([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deprecated.deployment.rollback.to',
  decisionAnnotation,
  REVISION,
  REVISION_HISTORY,
  DESIRED,
  MAXIMUM,
]);

export type Annotations = Readonly<Record<string, string>>;

/** The number of a version; 0 when it has none. */
export function revisionOf({ metadata }: ReplicaSet | Deployment): number {
  const text = metadata.annotations?.[REVISION] ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}

/** The number that the newest version must have: one more than all others. */
export function nextRevision(others: readonly ReplicaSet[]): number {
  return Math.max(0, ...others.map(revisionOf)) + 1;
}

/** The size that the set was last meant to have; undefined where nobody wrote it down. */
export function desiredOf({ metadata }: ReplicaSet): number | undefined {
  const text = metadata.annotations?.[DESIRED];
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

export function maximumOf({ metadata }: ReplicaSet): number | undefined {
  const text = metadata.annotations?.[MAXIMUM];
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

/** The two numbers by which a later change of `replicas` is noticed and shared out. */
export function sizeAnnotations({ replicas, maxSurge }: Bounds): Annotations {
  return { [DESIRED]: String(replicas), [MAXIMUM]: String(replicas + maxSurge) };
}

/** The annotations of the newest version: those of the Deployment, and its number with its earlier numbers. */
export function versionAnnotations(deployment: Deployment, version: Set | undefined, revision: number): Annotations {
  const before = version?.metadata.annotations ?? {};
  const copied = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !OWN.has(key));
  const old = version ? revisionOf(version) : 0;
  // A version never gets a lower number than it has: the history only grows.
  const number = Math.max(old, revision);
  const history = (before[REVISION_HISTORY] ?? '').split(',').filter(Boolean);
  if (old > 0 && old < number) history.push(String(old));
  return {
    ...before,
    ...Object.fromEntries(copied),
    [REVISION]: String(number),
    ...(history.length > 0 && { [REVISION_HISTORY]: history.join(',') }),
  };
}
