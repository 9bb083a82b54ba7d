import type { VirtualMachineInstanceSpec } from '@godwit/kinds';
import type { LaunchSite } from './context.ts';
import { device, type OptionValue, options } from './options.ts';

const VIDEO_DEVICES: Readonly<Record<string, string>> = {
  vga: 'VGA',
  bochs: 'bochs-display',
  virtio: 'virtio-vga',
  cirrus: 'cirrus-vga',
  ramfb: 'ramfb',
};

/** The screen (reached as VNC over a socket of the machine's own), and what one points and types with. */
export function displayArguments(spec: VirtualMachineInstanceSpec, { files }: LaunchSite): string[] {
  const { devices } = spec.domain;
  const type = devices.video?.type ?? 'vga';
  const screen = devices.autoattachGraphicsDevice !== false && type !== 'none';
  return [
    '-display',
    'none',
    ...(screen
      ? [
          '-vnc',
          options(`unix:${files.screen}`, { share: 'ignore' }),
          ...device(VIDEO_DEVICES[type] ?? type, { id: 'video' }),
        ]
      : []),
    ...inputArguments(spec),
  ];
}

function inputArguments(spec: VirtualMachineInstanceSpec): string[] {
  const { devices } = spec.domain;
  const asked = devices.inputs ?? [];
  const inputs =
    asked.length > 0 || !devices.autoattachInputDevice ? asked : [{ name: 'default', type: 'tablet', bus: 'usb' }];
  const disks = devices.disks ?? [];
  const usb =
    inputs.some(({ bus }) => bus !== 'virtio') || disks.some(({ disk, cdrom }) => (disk ?? cdrom)?.bus === 'usb');
  return [
    ...(usb ? device('qemu-xhci', { id: 'usb' }) : []),
    ...inputs.flatMap(({ name, type, bus }) => {
      const properties: Record<string, OptionValue> = {
        id: `input-${name}`,
        ...(bus !== 'virtio' && { bus: 'usb.0' }),
      };
      return device(bus === 'virtio' ? `virtio-${type}-pci` : `usb-${type === 'keyboard' ? 'kbd' : type}`, properties);
    }),
  ];
}
