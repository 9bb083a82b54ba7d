import type { VirtualMachineInstanceSpec } from '../virtual-machine-instance-spec.ts';
import { validateCompute } from './compute.ts';
import { validateDevices } from './devices.ts';
import { validateDisks } from './disks.ts';
import { validateGuest } from './guest.ts';
import { validateNetworks } from './networks.ts';
import type { Report } from './report.ts';
import { validateVolumes } from './volumes.ts';

/** Everything that a schema cannot say about the spec of an instance. Expects defaults to be filled in. */
export function validateInstanceSpec(spec: VirtualMachineInstanceSpec, path: string, report: Report): void {
  validateCompute(spec, path, report);
  validateDisks(spec, path, report);
  validateVolumes(spec, path, report);
  validateNetworks(spec, path, report);
  validateDevices(spec, path, report);
  validateGuest(spec, path, report);
}
