import { boolean, int64, listOf, mapOf, object, oneOf, quantity, required, string } from '../machinery/index.ts';
import { kubevirt, marker } from './component-name.ts';

/** Processors and memory of a virtual machine. */

export const cpuFeature = object(
  {
    name: required(string('Name of the processor flag, such as `vmx`.')),
    policy: oneOf(
      ['force', 'require', 'optional', 'disable', 'forbid', ''],
      'What happens when the host lacks the flag. Defaults to require.',
    ),
  },
  'One processor flag that the guest must, may or must not see.',
  kubevirt('CPUFeature'),
);

export const numa = object(
  {
    guestMappingPassthrough: marker(
      'NUMAGuestMappingPassthrough',
      'The guest sees the NUMA layout of the host processors and huge pages that it was given.',
    ),
  },
  'How the NUMA layout of the host shows in the guest.',
  kubevirt('NUMA'),
);

export const realtime = object(
  { mask: string('Which virtual processors run real-time, such as `0-3,^1`. Defaults to all.') },
  'Runs virtual processors under a real-time scheduling policy.',
  kubevirt('Realtime'),
);

export const cpu = object(
  {
    cores: int64('Cores in each socket. Defaults to 1.', { minimum: 0 }),
    sockets: int64('Sockets at boot. Defaults to 1.', { minimum: 0 }),
    maxSockets: int64('How many sockets the machine can grow to while it runs. Defaults to 4 times `sockets`.', {
      minimum: 0,
    }),
    threads: int64('Threads in each core. Defaults to 1.', { minimum: 0 }),
    model: string('Processor model that the guest sees: a QEMU model, `host-model` or `host-passthrough`.'),
    features: listOf(cpuFeature, 'Processor flags beyond those of the model.'),
    dedicatedCpuPlacement: boolean('Each virtual processor gets a host processor of its own.'),
    isolateEmulatorThread: boolean('The emulator gets one more host processor, apart from those of the guest.'),
    numa,
    realtime,
  },
  'Processors of the machine.',
  kubevirt('CPU'),
);

export const hugepages = object(
  { pageSize: string('Size of the huge pages: `2Mi` or `1Gi`.') },
  'Backs the memory with huge pages of the host.',
  kubevirt('Hugepages'),
);

export const memory = object(
  {
    guest: quantity('Memory that the guest sees at boot. Defaults to the memory request.'),
    maxGuest: quantity('How far the memory can grow while the machine runs. Defaults to 4 times `guest`.'),
    hugepages,
    reservedOverhead: object(
      {
        addedOverhead: quantity('Memory reserved on top of what is reserved anyway.'),
        memLock: oneOf(['Required', 'NotRequired'], 'Whether all of it must be locked in host memory.'),
      },
      'Memory that the host reserves beyond what the guest sees.',
      kubevirt('ReservedOverhead'),
    ),
  },
  'Memory of the machine.',
  kubevirt('Memory'),
);

export const machineResources = object(
  {
    requests: mapOf(quantity(), 'What a host must have free: `cpu`, `memory`. Defaults to what the guest sees.'),
    limits: mapOf(quantity(), 'What the machine can never go beyond.'),
    overcommitGuestOverhead: boolean('Leaves the memory of the emulator out of what is reserved.'),
  },
  'What the machine asks of a host.',
  kubevirt('ResourceRequirements'),
);
