import { defineKind, type KindOf, type ObjectMeta, object, type Static } from '../machinery/index.ts';
import type { MeasuredUsage } from './host-usage.ts';
import { measuredVerbs, usageColumns, usageField, usageOf, windowFields, windowOf } from './measured-fields.ts';

const body = object({ ...windowFields, usage: usageField });

export type VirtualMachineInstanceMetrics = KindOf<Static<typeof body>>;

/**
 * A resource of its own and not lines among the pods: everything that `kubectl top pod` names is a pod that can be
 * got, and a pod and a virtual machine may have the same name.
 */
export const virtualMachineInstanceMetrics = defineKind({
  group: 'godwit.dev',
  version: 'v1alpha1',
  kind: 'VirtualMachineInstanceMetrics',
  plural: 'virtualmachineinstancemetrics',
  shortNames: ['vmimetrics', 'vmitop'],
  hasGeneration: false,
  description: 'What a running virtual machine uses of its host.',
  verbs: measuredVerbs,
  columns: usageColumns<VirtualMachineInstanceMetrics>(({ usage }) => [usage]),
  body,
});

export function virtualMachineInstanceMetricsOf(
  metadata: ObjectMeta,
  usage: MeasuredUsage,
): VirtualMachineInstanceMetrics {
  return {
    apiVersion: 'godwit.dev/v1alpha1',
    kind: 'VirtualMachineInstanceMetrics',
    metadata,
    ...windowOf(usage),
    usage: usageOf(usage),
  };
}
