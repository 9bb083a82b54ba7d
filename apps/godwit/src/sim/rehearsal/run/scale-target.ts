import type { ApiClient, Change, New } from '@godwit/client';
import {
  apiVersionOf,
  deployment,
  type KindDefinition,
  type KubeObject,
  virtualMachine,
  virtualMachinePool,
} from '@godwit/kinds';
import type { PlannedGroup } from '../plan/index.ts';
import { deploymentOf, machineOf, poolOf } from './machine-manifests.ts';

/** What an autoscaler scales. */
export interface ScaleTarget {
  readonly reference: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  make(client: ApiClient): Promise<unknown>;
  /** Hears of every change of it. */
  follow(client: ApiClient, listener: (change: Change<KubeObject>) => void): void;
}

/** Pods are scaled by a Deployment, virtual machines by a pool; one that only grows is its own target. */
export function scaleTargetOf(group: PlannedGroup, namespace: string): ScaleTarget {
  const { kind, scaling, name, count } = group;
  if (kind === 'Pod') return target(deployment, deploymentOf(group, namespace, count));
  const { elastic } = scaling?.scaler ?? {};
  if (elastic && !elastic.out) return target(virtualMachine, machineOf(group, namespace, name));
  return target(virtualMachinePool, poolOf(group, namespace, count));
}

function target<T extends KubeObject>(kind: KindDefinition<T>, object: New<T>): ScaleTarget {
  const { namespace, name = '' } = object.metadata;
  return {
    reference: { apiVersion: apiVersionOf(kind), kind: kind.kind, name },
    make: (client) => client.resource(kind).create(object),
    follow: (client, listener) => {
      client.cache(kind).subscribe((change) => {
        const { metadata } = change.after ?? change.before ?? {};
        if (metadata?.name === name && metadata.namespace === namespace) listener(change as Change<KubeObject>);
      });
    },
  };
}
