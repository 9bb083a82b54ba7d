import { controllerRevision } from './apps/controller-revision.ts';
import { deployment } from './apps/deployment.ts';
import { replicaSet } from './apps/replica-set.ts';
import { selfSubjectReview } from './authentication/self-subject-review.ts';
import { tokenRequest } from './authentication/token-request.ts';
import { tokenReview } from './authentication/token-review.ts';
import { localSubjectAccessReview } from './authorization/local-subject-access-review.ts';
import { selfSubjectAccessReview } from './authorization/self-subject-access-review.ts';
import { selfSubjectRulesReview } from './authorization/self-subject-rules-review.ts';
import { subjectAccessReview } from './authorization/subject-access-review.ts';
import { horizontalPodAutoscaler, horizontalPodAutoscalerV1 } from './autoscaling/index.ts';
import { balancePolicy } from './balance-policy/index.ts';
import { binding } from './binding.ts';
import { configMap } from './config-map.ts';
import { decision } from './decision.ts';
import { elasticPolicy } from './elastic-policy/index.ts';
import { endpointSlice } from './endpoint-slice.ts';
import { endpoints } from './endpoints.ts';
import { event, eventsEvent } from './events/index.ts';
import { ipAddress } from './ip-address.ts';
import { kubevirtKinds } from './kubevirt/index.ts';
import { lease } from './lease.ts';
import { limitRange } from './limit-range.ts';
import type { KindDefinition, KubeObject } from './machinery/index.ts';
import { nodeMetrics, podMetrics, virtualMachineInstanceMetrics } from './metrics/index.ts';
import { namespace } from './namespace.ts';
import { network } from './network.ts';
import { node } from './node.ts';
import { pod } from './pod/pod.ts';
import { eviction } from './policy/eviction.ts';
import { podDisruptionBudget } from './policy/pod-disruption-budget.ts';
import { priorityClass } from './priority-class.ts';
import { clusterRole } from './rbac/cluster-role.ts';
import { clusterRoleBinding } from './rbac/cluster-role-binding.ts';
import { role } from './rbac/role.ts';
import { roleBinding } from './rbac/role-binding.ts';
import { resourceQuota } from './resource-quota.ts';
import { scenario } from './scenario/scenario.ts';
import { secret } from './secret.ts';
import { service } from './service/service.ts';
import { serviceAccount } from './service-account.ts';
import { persistentVolume } from './storage/persistent-volume.ts';
import { persistentVolumeClaim } from './storage/persistent-volume-claim.ts';
import { storageClass } from './storage/storage-class.ts';

/** Forgets the object type: what generic code works with. The functions inside see only their own kind. */
export function anyKind<T extends KubeObject>(kind: KindDefinition<T>): KindDefinition {
  return kind as unknown as KindDefinition;
}

/** Kinds of Kubernetes' own groups, in the order in which discovery lists them. */
const kubernetesKinds: readonly KindDefinition[] = [
  anyKind(binding),
  anyKind(configMap),
  anyKind(endpoints),
  anyKind(event),
  anyKind(limitRange),
  anyKind(namespace),
  anyKind(node),
  anyKind(persistentVolumeClaim),
  anyKind(persistentVolume),
  anyKind(pod),
  anyKind(resourceQuota),
  anyKind(secret),
  anyKind(serviceAccount),
  anyKind(service),
  anyKind(controllerRevision),
  anyKind(deployment),
  anyKind(replicaSet),
  anyKind(horizontalPodAutoscaler),
  anyKind(horizontalPodAutoscalerV1),
  anyKind(selfSubjectReview),
  anyKind(tokenReview),
  anyKind(localSubjectAccessReview),
  anyKind(selfSubjectAccessReview),
  anyKind(selfSubjectRulesReview),
  anyKind(subjectAccessReview),
  anyKind(lease),
  anyKind(endpointSlice),
  anyKind(eventsEvent),
  anyKind(ipAddress),
  anyKind(nodeMetrics),
  anyKind(podMetrics),
  anyKind(podDisruptionBudget),
  anyKind(clusterRoleBinding),
  anyKind(clusterRole),
  anyKind(roleBinding),
  anyKind(role),
  anyKind(priorityClass),
  anyKind(storageClass),
];

const godwitKinds: readonly KindDefinition[] = [
  anyKind(balancePolicy),
  anyKind(decision),
  anyKind(elasticPolicy),
  anyKind(network),
  anyKind(scenario),
  anyKind(virtualMachineInstanceMetrics),
];

/** Every kind that is a resource of its own. A new kind is added here, and nowhere else. */
export const builtInKinds: readonly KindDefinition[] = [...kubernetesKinds, ...kubevirtKinds, ...godwitKinds];

/** Kinds that are only sent to subresources: the bodies of `token` and `eviction`. */
export const subresourceKinds: readonly KindDefinition[] = [anyKind(tokenRequest), anyKind(eviction)];
