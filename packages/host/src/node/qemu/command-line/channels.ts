import type { VirtualMachineInstanceSpec } from '@godwit/kinds';
import type { LaunchSite } from './context.ts';
import { device, options } from './options.ts';

/** Id by which QEMU's events name the guest agent's port. */
export const AGENT_PORT = 'agent';

/** Ways in: the serial console, and the channel on which the guest agent listens. */
export function channelArguments(spec: VirtualMachineInstanceSpec, { files }: LaunchSite): string[] {
  const serial = spec.domain.devices.autoattachSerialConsole !== false;
  return [
    ...(serial
      ? [
          '-chardev',
          // The log is written whether anybody looks or not: it is the scrollback of later readers.
          options('socket', {
            id: 'serial0',
            path: files.serial,
            server: true,
            wait: false,
            logfile: files.serialLog,
            logappend: true,
          }),
          '-serial',
          'chardev:serial0',
        ]
      : []),
    ...device('virtio-serial-pci', { id: 'channels' }),
    '-chardev',
    options('socket', { id: 'agent-socket', path: files.agent, server: true, wait: false }),
    ...device('virtserialport', {
      bus: 'channels.0',
      chardev: 'agent-socket',
      id: AGENT_PORT,
      name: 'org.qemu.guest_agent.0',
    }),
  ];
}
