import {
  type Address,
  anyKind,
  countOf,
  type DeleteOptions,
  type Eviction,
  eviction as evictionKind,
  isPodFinished,
  isPodReady,
  type KindDefinition,
  type Pod,
  type PodDisruptionBudget,
  StatusFailure,
  selects,
} from '@godwit/kinds';
import type { Write } from '@godwit/store';
import { Document } from '../../documents/document.ts';
import { documentKey } from '../../documents/keys.ts';
import { deleteObject } from '../delete.ts';
import type { Engine } from '../engine.ts';
import type { Caller, DocumentWriteOptions, Written } from '../operations.ts';
import { readObject } from '../read-object.ts';
import type { Subresource } from './subresource.ts';

const kindOfEviction = anyKind(evictionKind);

/**
 * `pods/eviction`: a deletion that no disruption budget forbids. As a Binding's, its annotations (the decision) are taken
 * over in the same write: why a pod goes stands on it when it goes, and not when it stays.
 */
export const evictionSubresource: Subresource = {
  async create(engine, caller, address, object, options) {
    engine.authorizeAddress(caller, 'create', address);
    const kind = engine.kinds.at(address);
    const { name = '', namespace = '' } = address;
    const body = (object as Partial<Eviction> | undefined) ?? {};
    const at = { ...address, group: 'policy', version: 'v1', plural: 'evictions', name };
    const sent = body.apiVersion === 'policy/v1beta1' ? { ...body, apiVersion: 'policy/v1' } : body;
    const wanted = readObject(caller, kindOfEviction, at, sent, options) as unknown as Eviction;
    const release = await engine.locks.acquire(`/evictions/${namespace}`);
    try {
      return await evict(engine, caller, kind, { ...address, name }, wanted, options);
    } finally {
      release();
    }
  },
};

async function evict(
  engine: Engine,
  caller: Caller,
  kind: KindDefinition,
  address: Address,
  wanted: Eviction,
  options: DocumentWriteOptions,
): Promise<Written> {
  const { subresource: _, ...place } = address;
  const asked = (wanted.deleteOptions ?? {}) as unknown as Omit<DeleteOptions, 'dryRun'> & { dryRun?: unknown };
  const dryRun = options.dryRun || (Array.isArray(asked.dryRun) && asked.dryRun.length > 0);
  await deleteObject(
    engine,
    caller,
    kind,
    place,
    { ...asked, dryRun },
    {
      writes: (current) => spendings(engine, kind, current.object as unknown as Pod),
      annotations: wanted.metadata.annotations,
    },
  );
  return {
    document: Document.answer({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }),
    created: true,
  };
}

/** What the eviction of a pod takes from budgets. Throws `TooManyRequests` when one has nothing left. */
async function spendings(engine: Engine, kind: KindDefinition, pod: Pod): Promise<readonly Write[]> {
  // A pod that does not run, or is going already, disturbs nobody.
  if (isPodFinished(pod) || pod.status?.phase === 'Pending' || pod.metadata.deletionTimestamp !== undefined) return [];
  const budgets = await budgetsOver(engine, pod);
  if (budgets.length > 1) {
    throw new StatusFailure(
      'InternalError',
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  }
  return Promise.all(budgets.map((budget) => spend(engine, kind, budget, pod)));
}

async function budgetsOver(engine: Engine, pod: Pod): Promise<readonly Document[]> {
  const kind = engine.kinds.find('policy', 'v1', 'poddisruptionbudgets');
  if (!kind) return [];
  const hub = await engine.fresh(kind);
  const all = hub.cache.range(`${hub.prefix}${pod.metadata.namespace}/`);
  return all.filter(({ object }) => selects((object as PodDisruptionBudget).spec?.selector, pod.metadata.labels));
}

/** Takes one disruption from a budget, judged by the pods as they are. Throws `TooManyRequests`. */
async function spend(engine: Engine, pods: KindDefinition, budget: Document, pod: Pod): Promise<Write> {
  const { object } = budget;
  const { name, namespace = '' } = object.metadata;
  const { spec = {}, status = {} } = object as PodDisruptionBudget;
  const hub = await engine.fresh(pods);
  const covered = hub.cache
    .range(`${hub.prefix}${namespace}/`)
    .map((document) => document.object as unknown as Pod)
    .filter((other) => selects(spec.selector, other.metadata.labels) && !isPodFinished(other));
  const healthy = covered.filter((other) => isPodReady(other) && !other.metadata.deletionTimestamp);
  const desired = desiredHealthy(spec, covered.length);
  const unhealthyMayGo =
    !isPodReady(pod) && (spec.unhealthyPodEvictionPolicy === 'AlwaysAllow' || healthy.length >= desired);
  if (!unhealthyMayGo && healthy.length - 1 < desired) {
    const message = `The disruption budget ${name} needs ${desired} healthy pods and has ${healthy.length} currently`;
    throw new StatusFailure('TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
      name: pod.metadata.name as string,
      causes: [{ reason: 'DisruptionBudget' as never, message }],
    });
  }
  const now = engine.now();
  const { resourceVersion: _, ...metadata } = object.metadata;
  const next = {
    ...object,
    metadata,
    status: {
      ...status,
      currentHealthy: healthy.length,
      desiredHealthy: desired,
      expectedPods: covered.length,
      disruptionsAllowed: Math.max(0, healthy.length - 1 - desired),
      disruptedPods: { ...status.disruptedPods, [pod.metadata.name as string]: now },
    },
  };
  const key = documentKey({ group: 'policy', plural: 'poddisruptionbudgets' }, namespace, name);
  return { key, body: Document.draft(next), previous: budget.revision };
}

function desiredHealthy(spec: NonNullable<PodDisruptionBudget['spec']>, expected: number): number {
  if (spec.maxUnavailable !== undefined) return Math.max(0, expected - countOf(spec.maxUnavailable, expected, 'up'));
  return spec.minAvailable === undefined ? 0 : countOf(spec.minAvailable, expected, 'up');
}
