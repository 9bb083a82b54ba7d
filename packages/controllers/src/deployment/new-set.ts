import type { New } from '@godwit/client';
import { type Deployment, deployment, type ReplicaSet, type Stored } from '@godwit/kinds';
import { controllerReference, versionHash } from '../framework/index.ts';
import type { Decision } from './decide.ts';
import { HASH_LABEL } from './template-hash.ts';

/** The ReplicaSet of a new version. Its hash is in its name, its selector and the labels of its pods. */
export function newSet(
  item: Stored<Deployment>,
  { replicas, annotations }: NonNullable<Decision['create']>,
): New<ReplicaSet> {
  const { template, selector, minReadySeconds } = item.spec;
  const hash = versionHash(template, item.status?.collisionCount ?? 0);
  const labels = { ...template.metadata?.labels, [HASH_LABEL]: hash };
  return {
    metadata: {
      name: `${item.metadata.name}-${hash}`,
      ...(item.metadata.namespace && { namespace: item.metadata.namespace }),
      labels,
      annotations,
      ownerReferences: [controllerReference(item, deployment)],
    },
    spec: {
      replicas,
      ...(minReadySeconds !== undefined && { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH_LABEL]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}
