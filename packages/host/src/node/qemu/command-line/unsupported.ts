import { Failure } from '@godwit/base';
import type { VirtualMachineInstanceSpec } from '@godwit/kinds';

/** Refuses what would be silently missing otherwise: the user learns it from the machine's condition. */
export function refuseUnsupported(spec: VirtualMachineInstanceSpec): void {
  const { devices } = spec.domain;
  const refusals: readonly [boolean, string][] = [
    [(devices.gpus ?? []).length > 0, 'spec.domain.devices.gpus: no graphics processor can be passed through here'],
    [(devices.hostDevices ?? []).length > 0, 'spec.domain.devices.hostDevices: no device can be passed through here'],
    [(devices.filesystems ?? []).length > 0, 'spec.domain.devices.filesystems: needs virtiofsd, which is not here'],
    [
      (spec.networks ?? []).some(({ multus, resourceClaim }) => multus !== undefined || resourceClaim !== undefined),
      'spec.networks: there is only the pod network here',
    ],
    [spec.domain.launchSecurity !== undefined, 'spec.domain.launchSecurity: no memory encryption here'],
    [
      (devices.interfaces ?? []).some(({ sriov }) => sriov !== undefined),
      'spec.domain.devices.interfaces: no virtual function can be passed through here',
    ],
  ];
  const refused = refusals.filter(([present]) => present).map(([, message]) => message);
  if (refused.length > 0) throw new Failure('unsupported-hardware', refused.join('; '));
}
