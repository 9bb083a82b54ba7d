import type { KubeObject, Reference } from '../machinery/index.ts';
import type { VirtualMachineInstanceSpec } from './virtual-machine-instance-spec.ts';

/** Objects whose reading the host of an instance needs: what its volumes and credentials mention. */
export function specReferences(spec: VirtualMachineInstanceSpec, namespace: string): readonly Reference[] {
  const references: Reference[] = [];
  const add = (group: string, plural: string, name: string | undefined) => {
    if (name) references.push({ group, plural, namespace, name });
  };
  for (const volume of spec.volumes ?? []) {
    const cloudInit = volume.cloudInitNoCloud ?? volume.cloudInitConfigDrive;
    add('', 'secrets', cloudInit?.secretRef?.name);
    add('', 'secrets', cloudInit?.networkDataSecretRef?.name);
    add('', 'secrets', volume.secret?.secretName);
    add('', 'secrets', volume.sysprep?.secret?.name);
    add('', 'secrets', volume.containerDisk?.imagePullSecret);
    add('', 'configmaps', volume.sysprep?.configMap?.name);
    add('', 'configmaps', volume.configMap?.name);
    add('', 'serviceaccounts', volume.serviceAccount?.serviceAccountName);
    const claim =
      volume.persistentVolumeClaim ?? volume.ephemeral?.persistentVolumeClaim ?? volume.memoryDump ?? undefined;
    add('', 'persistentvolumeclaims', claim?.claimName);
    add('', 'persistentvolumeclaims', volume.dataVolume?.name);
    add('cdi.kubevirt.io', 'datavolumes', volume.dataVolume?.name);
  }
  for (const { claimName } of spec.utilityVolumes ?? []) add('', 'persistentvolumeclaims', claimName);
  for (const { sshPublicKey, userPassword } of spec.accessCredentials ?? []) {
    add('', 'secrets', sshPublicKey?.source.secret?.secretName);
    add('', 'secrets', userPassword?.source.secret?.secretName);
  }
  add('', 'secrets', spec.domain.firmware?.kernelBoot?.container?.imagePullSecret);
  add('', 'serviceaccounts', spec.serviceAccountName);
  return references;
}

/** The claims that an instance uses, by name: what must be bound before it can be placed. */
export function claimNames(spec: VirtualMachineInstanceSpec): readonly string[] {
  const namespaceFree = specReferences(spec, '').filter(({ plural }) => plural === 'persistentvolumeclaims');
  return [...new Set(namespaceFree.map(({ name }) => name))];
}

export function instanceReferences(
  instance: KubeObject & { readonly spec: VirtualMachineInstanceSpec },
): readonly Reference[] {
  return specReferences(instance.spec, instance.metadata.namespace ?? '');
}

export function templateReferences(
  machine: KubeObject & { readonly spec: { readonly template: { readonly spec?: VirtualMachineInstanceSpec } } },
): readonly Reference[] {
  const spec = machine.spec.template.spec;
  return spec ? specReferences(spec, machine.metadata.namespace ?? '') : [];
}
