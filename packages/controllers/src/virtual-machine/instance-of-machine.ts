import {
  instanceFinalizer,
  type Stored,
  type VirtualMachine,
  type VirtualMachineInstance,
  type VirtualMachineInstanceSpec,
} from '@godwit/kinds';

/** Annotation of an instance: the generation of the machine's spec that it was made from. */
export const generationAnnotation = 'kubevirt.io/vm-generation';

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
export function specOfMachine({ metadata, spec }: Stored<VirtualMachine>): VirtualMachineInstanceSpec {
  const template = spec.template.spec ?? { domain: { devices: {} } };
  const firmware = { ...template.domain.firmware, uuid: template.domain.firmware?.uuid ?? metadata.uid };
  return { ...template, domain: { ...template.domain, firmware } };
}
