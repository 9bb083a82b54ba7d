/**
 * From what a user asked for to the arguments of QEMU. Pure: one function a group of devices, in the order in which
 * they stand on the command line, so that the same machine always gets the same line (and the guest the same slots).
 */
import type { LaunchRequest } from '../../../hypervisor-driver.ts';
import { channelArguments } from './channels.ts';
import type { LaunchSite } from './context.ts';
import { diskArguments } from './disks.ts';
import { displayArguments } from './display.ts';
import { extraArguments } from './extras.ts';
import { firmwareArguments } from './firmware.ts';
import { machineArguments } from './machine.ts';
import { memoryArguments } from './memory.ts';
import { networkArguments } from './network.ts';
import { processorArguments } from './processor.ts';
import { refuseUnsupported } from './unsupported.ts';

export type { LaunchSite, MachineFiles } from './context.ts';
export { memoryPlan } from './memory.ts';
export { processorPlan } from './processor.ts';

/**
 * The arguments (without the program's name) that start this machine. Throws Failure `unsupported-hardware` for what
 * this host cannot give a guest.
 */
export function commandLine(request: LaunchRequest, site: LaunchSite): string[] {
  refuseUnsupported(request.spec);
  return [
    ...machineArguments(request, site),
    ...processorArguments(request.spec, site),
    ...memoryArguments(request.spec),
    ...firmwareArguments(request, site),
    ...channelArguments(request.spec, site),
    ...displayArguments(request.spec, site),
    ...diskArguments(request),
    ...networkArguments(request, site),
    ...extraArguments(request.spec, site),
  ];
}
