import {
  type Draft,
  defaultInstanceSpec,
  instanceFinalizer,
  type Stored,
  type VirtualMachine,
  type VirtualMachineInstance,
  type VirtualMachineInstanceSpec,
} from '@godwit/kinds';

/** Annotation of an instance: the generation of the machine's spec that it was made from. */
export const generationAnnotation = 'kubevirt.io/vm-generation';

/** Parts of a running instance that may differ from the template without a restart being needed. */
const LIVE_FIELDS = [
  'affinity',
  'nodeSelector',
  'startStrategy',
  'terminationGracePeriodSeconds',
  'tolerations',
] as const;

/** The instance that a machine starts. `paused` holds its guest before the first instruction. */
export function instanceOfMachine(
  machine: Stored<VirtualMachine>,
  paused: boolean,
): Omit<VirtualMachineInstance, 'apiVersion' | 'kind'> {
  const { metadata, spec } = machine;
  const template = spec.template.metadata;
  return {
    metadata: {
      name: metadata.name,
      namespace: metadata.namespace ?? '',
      ...(template?.labels && { labels: template.labels }),
      annotations: { ...template?.annotations, [generationAnnotation]: String(metadata.generation ?? 0) },
      finalizers: [instanceFinalizer],
      ownerReferences: [
        {
          apiVersion: 'kubevirt.io/v1',
          kind: 'VirtualMachine',
          name: metadata.name,
          uid: metadata.uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: { ...specOfMachine(machine), ...(paused && { startStrategy: 'Paused' as const }) },
  };
}

/** The template with an identity that stays: the guest sees the same hardware at every start. */
function specOfMachine({ metadata, spec }: Stored<VirtualMachine>): VirtualMachineInstanceSpec {
  const template = spec.template.spec ?? { domain: { devices: {} } };
  const firmware = { ...template.domain.firmware, uuid: template.domain.firmware?.uuid ?? metadata.uid };
  return { ...template, domain: { ...template.domain, firmware } };
}

/** Whether what runs is no longer what the template says, so that only a restart makes it so. */
export function needsRestart(machine: Stored<VirtualMachine>, instance: Stored<VirtualMachineInstance>): boolean {
  const madeFrom = instance.metadata.annotations?.[generationAnnotation];
  if (madeFrom === String(machine.metadata.generation ?? 0)) return false;
  const wanted = structuredClone(specOfMachine(machine)) as Draft<VirtualMachineInstanceSpec>;
  defaultInstanceSpec(wanted);
  return fixedText(wanted) !== fixedText(instance.spec);
}

function fixedText(spec: VirtualMachineInstanceSpec): string {
  const fixed: Record<string, unknown> = { ...spec };
  for (const field of LIVE_FIELDS) delete fixed[field];
  return JSON.stringify(fixed, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
