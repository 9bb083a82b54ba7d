import { createHash } from 'node:crypto';
import type { VirtualMachineInstanceSpec } from '@godwit/kinds';
import type { LaunchRequest, MachineIdentity } from '../../../hypervisor-driver.ts';
import type { LaunchSite } from './context.ts';
import { options } from './options.ts';

/** The board: machine type, identity, clock, how the process behaves. */
export function machineArguments(request: LaunchRequest, site: LaunchSite): string[] {
  const { spec } = request;
  return [
    '-name',
    options('', { guest: `${request.namespace}_${request.name}`, 'debug-threads': true }),
    '-uuid',
    firmwareUuid(request, spec),
    '-no-user-config',
    '-nodefaults',
    '-machine',
    board(spec, site),
    '-accel',
    site.acceleration === 'kvm' ? 'kvm' : options('tcg', { 'tb-size': TRANSLATION_CACHE_MIB }),
    ...clockArguments(spec, site),
    ...processArguments(request, site),
  ];
}

/** Memory for translated code, in MiB: QEMU's own default is an eighth of the host's memory for each machine. */
const TRANSLATION_CACHE_MIB = 256;

function board(spec: VirtualMachineInstanceSpec, site: LaunchSite): string {
  const type = machineTypeOf(spec);
  const old = type === 'pc' || type.startsWith('pc-i440fx');
  const secure = spec.domain.firmware?.bootloader?.efi?.secureBoot !== false && spec.domain.firmware?.bootloader?.efi;
  return options(type, {
    usb: false,
    vmport: false,
    'dump-guest-core': false,
    // Disks on SATA get a controller of their own; an empty one only costs time at boot.
    ...(old ? {} : { sata: false }),
    smm: spec.domain.features?.smm?.enabled ?? (spec.domain.features?.smm || secure ? true : undefined),
    acpi: spec.domain.features?.acpi?.enabled === false ? false : undefined,
    'kernel-irqchip': site.acceleration === 'kvm' ? 'on' : undefined,
    hpet: spec.domain.clock?.timer?.hpet?.present === true,
    ...(spec.domain.clock?.timer?.pit?.present === false && { pit: false }),
  });
}

/** The machine type of QEMU; what users of other distributions write is understood too. */
export function machineTypeOf(spec: VirtualMachineInstanceSpec): string {
  const asked = spec.domain.machine?.type ?? '';
  if (asked === '' || asked === 'virt') return 'q35';
  // Red Hat's builds name their boards pc-q35-rhel8.2.0 and the like; only the family means anything here.
  if (asked.includes('rhel')) return asked.includes('i440fx') ? 'pc' : 'q35';
  return asked;
}

/** The UUID that the guest reads: as asked, else one that stays with the machine's name. */
export function firmwareUuid(machine: MachineIdentity, spec: VirtualMachineInstanceSpec): string {
  const asked = spec.domain.firmware?.uuid;
  if (asked) return asked;
  const hash = createHash('sha256').update(`${machine.namespace}/${machine.name}`).digest('hex');
  const variant = ((Number.parseInt(hash.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-${variant}${hash.slice(18, 20)}-${hash.slice(20, 32)}`;
}

function clockArguments(spec: VirtualMachineInstanceSpec, site: LaunchSite): string[] {
  const { clock } = spec.domain;
  const offsetSeconds = clock?.utc?.offsetSeconds ?? 0;
  const kvm = site.acceleration === 'kvm';
  return [
    '-rtc',
    options('', {
      base: offsetSeconds === 0 ? (clock?.timezone ? 'localtime' : 'utc') : undefined,
      clock: clock?.timer?.rtc?.track === 'guest' ? 'vm' : 'host',
      driftfix: clock?.timer?.rtc?.tickPolicy === 'catchup' ? 'slew' : undefined,
    }),
    ...(kvm ? ['-global', 'kvm-pit.lost_tick_policy=delay'] : []),
  ];
}

/** The process: outlives us, stays when the guest is off, may not start programs or gain rights. */
function processArguments({ spec, held }: LaunchRequest, { files }: LaunchSite): string[] {
  const watchdog = spec.domain.devices.watchdog?.i6300esb?.action;
  return [
    '-pidfile',
    files.pid,
    '-msg',
    'timestamp=on',
    '-no-shutdown',
    '-action',
    options('', {
      reboot: spec.domain.rebootPolicy === 'Terminate' ? 'shutdown' : 'reset',
      panic: 'pause',
      watchdog: watchdog ?? 'reset',
    }),
    ...(held ? ['-S'] : []),
    '-sandbox',
    'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
    '-chardev',
    options('socket', { id: 'monitor', path: files.monitor, server: true, wait: false }),
    '-mon',
    'chardev=monitor,mode=control',
  ];
}
