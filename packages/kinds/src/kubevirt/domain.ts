import { int64, object, required, string } from '../machinery/index.ts';
import { clock } from './clock.ts';
import { kubevirt } from './component-name.ts';
import { cpu, machineResources, memory } from './compute.ts';
import { devices } from './devices.ts';
import { features } from './features.ts';
import { chassis, firmware, launchSecurity, machineType } from './firmware.ts';

export const ioThreadsPolicy = string('How disks share I/O threads: shared, auto or supplementalPool.');
export const ioThreads = object(
  { supplementalPoolThreadCount: int64('Number of threads with the policy supplementalPool.') },
  'I/O threads of the disks.',
  kubevirt('DiskIOThreads'),
);

/** The hardware that a guest sees. */
export const domain = object(
  {
    cpu,
    memory,
    resources: machineResources,
    machine: machineType,
    firmware,
    clock,
    features,
    devices: required(devices),
    chassis,
    launchSecurity,
    ioThreadsPolicy,
    ioThreads,
    rebootPolicy: string('What a reboot by the guest does: Reboot (default) or Terminate.'),
  },
  'The hardware that the guest sees.',
  kubevirt('DomainSpec'),
);
