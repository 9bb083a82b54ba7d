import type { New } from '@godwit/client';
import { type Pod, type ReplicaSet, replicaSet, type Stored } from '@godwit/kinds';
import { controllerReference } from '../framework/controller-of.ts';

/** A pod as the set's template describes it. Its name is completed by the server. */
export function podOfTemplate(set: Stored<ReplicaSet>): New<Pod> {
  const { metadata = {}, spec } = set.spec.template;
  const { labels, annotations, finalizers } = metadata;
  return {
    metadata: {
      generateName: `${set.metadata.name}-`,
      ...(set.metadata.namespace && { namespace: set.metadata.namespace }),
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ...(finalizers && { finalizers }),
      ownerReferences: [controllerReference(set, replicaSet)],
    },
    spec,
  };
}
