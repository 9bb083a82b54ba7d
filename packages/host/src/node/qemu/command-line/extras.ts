import type { VirtualMachineInstanceSpec } from '@godwit/kinds';
import type { LaunchSite } from './context.ts';
import { device, options } from './options.ts';

/** What only some machines have: randomness, watchdog, trusted module, sound; and the crash report all have. */
export function extraArguments(spec: VirtualMachineInstanceSpec, site: LaunchSite): string[] {
  const { devices } = spec.domain;
  return [
    ...(devices.rng
      ? [
          '-object',
          options('rng-random', { id: 'random', filename: '/dev/urandom' }),
          ...device('virtio-rng-pci', { rng: 'random' }),
        ]
      : []),
    ...(devices.watchdog ? device('i6300esb', { id: 'watchdog' }) : []),
    ...(hasTrustedModule(spec)
      ? [
          '-chardev',
          options('socket', { id: 'trusted', path: site.files.trustedModule }),
          '-tpmdev',
          options('emulator', { id: 'module', chardev: 'trusted' }),
          ...device('tpm-crb', { tpmdev: 'module' }),
        ]
      : []),
    ...(devices.sound
      ? [
          '-audiodev',
          options('none', { id: 'audio' }),
          ...(devices.sound.model === 'ac97'
            ? device('AC97', { audiodev: 'audio' })
            : [...device('ich9-intel-hda', {}), ...device('hda-duplex', { audiodev: 'audio' })]),
        ]
      : []),
    ...device('pvpanic', {}),
  ];
}

/** A trusted platform module is there when it is mentioned, unless it says otherwise. */
export function hasTrustedModule(spec: VirtualMachineInstanceSpec): boolean {
  const { tpm } = spec.domain.devices;
  return tpm !== undefined && tpm.enabled !== false;
}
