import {
  boolean,
  int32,
  listOf,
  mapOf,
  object,
  quantity,
  required,
  type Schema,
  type Static,
  string,
} from '../../machinery/index.ts';
import { hugepages, numa, realtime } from '../compute.ts';
import { gpu, hostDevice } from '../devices.ts';
import { ioThreads, ioThreadsPolicy } from '../domain.ts';
import { launchSecurity } from '../firmware.ts';

/** OpenAPI component names of this group. */
export const instancetypeName = (kind: string) => ({ name: `io.kubevirt.instancetype.v1beta1.${kind}` });

const cpu = object(
  {
    guest: required(int32('Virtual processors; how they are laid out is for the preference to say.', { minimum: 1 })),
    model: string('Processor model that the guest sees. Defaults to host-model.'),
    dedicatedCPUPlacement: boolean('Each virtual processor gets a host processor of its own.'),
    isolateEmulatorThread: boolean('The emulator gets one more host processor, apart from those of the guest.'),
    numa,
    realtime,
    maxSockets: int32('How many sockets the machine can grow to while it runs.', { minimum: 0 }),
  },
  'Processors of the machine.',
  instancetypeName('CPUInstancetype'),
);

const memory = object(
  {
    guest: required(quantity('Memory that the guest sees at boot.')),
    maxGuest: quantity('How far the memory can grow while the machine runs.'),
    hugepages,
    overcommitPercent: int32('Part of the memory, in percent, that is not reserved on the host. Defaults to 0.'),
  },
  'Memory of the machine.',
  instancetypeName('MemoryInstancetype'),
);

const annotations: Schema<Readonly<Record<string, string>>> = mapOf(string(), 'Annotations that the instance gets.');

/** A size of machine: what may be said once for many, and then no more in the machines themselves. */
export const instancetypeSpec = object(
  {
    cpu: required(cpu),
    memory: required(memory),
    nodeSelector: mapOf(string(), 'Labels that the host must have.'),
    schedulerName: string('Who chooses the host.'),
    gpus: listOf(gpu, 'Graphics processors passed through.'),
    hostDevices: listOf(hostDevice, 'Devices of the host passed through.'),
    ioThreadsPolicy,
    ioThreads,
    launchSecurity,
    annotations,
  },
  'What machines of this size have.',
  instancetypeName('VirtualMachineInstancetypeSpec'),
);

export type InstancetypeSpec = Static<typeof instancetypeSpec>;
