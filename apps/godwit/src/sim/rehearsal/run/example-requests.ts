import { type KubeObject, pod, virtualMachineInstance } from '@godwit/kinds';
import { type MachineRequest, requestOfMachine } from '@godwit/planner';
import type { PlannedGroup } from '../plan/index.ts';
import { deploymentOf, machineOf } from './machine-manifests.ts';

const NAMESPACE = 'default';

/** What one machine of each group asks for, also of those of which there is none yet; by group. */
export function exampleRequests(groups: readonly PlannedGroup[]): ReadonlyMap<string, MachineRequest> {
  return new Map(groups.map((group) => [group.name, requestOfMachine(exampleOf(group))]));
}

function exampleOf(group: PlannedGroup): KubeObject {
  const { name, kind } = group;
  const [definition, template] =
    kind === 'Pod'
      ? [pod, deploymentOf(group, NAMESPACE, 1).spec.template]
      : [virtualMachineInstance, machineOf(group, NAMESPACE, name).spec.template];
  const { labels = {} } = template?.metadata ?? {};
  const { group: apiGroup, version } = definition;
  return {
    apiVersion: apiGroup === '' ? version : `${apiGroup}/${version}`,
    kind: definition.kind,
    metadata: { namespace: NAMESPACE, name: `example-${name}`, uid: `example-${name}`, labels },
    spec: template?.spec,
  } as KubeObject;
}
