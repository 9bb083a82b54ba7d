import { join } from 'node:path';
import { Failure } from '@godwit/base';
import type { VirtualMachineInstanceSpec } from '@godwit/kinds';
import type { LaunchRequest } from '../../../hypervisor-driver.ts';
import type { LaunchSite } from './context.ts';
import { options } from './options.ts';

/** BIOS or UEFI, what SMBIOS tells, and a kernel that is booted straight away. */
export function firmwareArguments(request: LaunchRequest, site: LaunchSite): string[] {
  const { spec } = request;
  return [
    ...loaderArguments(spec, site),
    ...smbiosArguments(spec),
    ...kernelArguments(request),
    '-boot',
    // Without a kernel of its own the machine tries only what has a place in the boot order.
    options('', { strict: true, menu: false }),
  ];
}

/** The two images of OVMF that a machine needs: code that is shared, and variables that it gets a copy of. */
export function ovmfImages(spec: VirtualMachineInstanceSpec): { code: string; variables: string } | undefined {
  const efi = spec.domain.firmware?.bootloader?.efi;
  if (!efi) return undefined;
  return efi.secureBoot === false
    ? { code: 'OVMF_CODE_4M.fd', variables: 'OVMF_VARS_4M.fd' }
    : { code: 'OVMF_CODE_4M.ms.fd', variables: 'OVMF_VARS_4M.ms.fd' };
}

function loaderArguments(spec: VirtualMachineInstanceSpec, site: LaunchSite): string[] {
  const images = ovmfImages(spec);
  if (!images) return [];
  if (!site.firmwareFolder) {
    throw new Failure('unsupported-hardware', 'this host has no UEFI firmware: install the package ovmf');
  }
  const secure = spec.domain.firmware?.bootloader?.efi?.secureBoot !== false;
  return [
    '-drive',
    options('', { if: 'pflash', unit: 0, format: 'raw', readonly: true, file: join(site.firmwareFolder, images.code) }),
    '-drive',
    options('', { if: 'pflash', unit: 1, format: 'raw', file: site.files.firmwareVariables }),
    // Variables may be written by the firmware only, or secure boot would be secure in name.
    ...(secure ? ['-global', 'driver=cfi.pflash01,property=secure,value=on', '-global', 'ICH9-LPC.disable_s3=1'] : []),
  ];
}

function smbiosArguments(spec: VirtualMachineInstanceSpec): string[] {
  const { firmware, chassis } = spec.domain;
  const system = options('', {
    type: 1,
    manufacturer: 'Godwit',
    product: 'Virtual machine',
    serial: firmware?.serial,
    family: 'Godwit',
  });
  if (!chassis) return ['-smbios', system];
  const { manufacturer, version, serial, asset, sku } = chassis;
  return ['-smbios', system, '-smbios', options('', { type: 3, manufacturer, version, serial, asset, sku })];
}

function kernelArguments({ spec, prepared }: LaunchRequest): string[] {
  const kernel = prepared.kernel;
  if (!kernel?.kernelPath) return [];
  const line = spec.domain.firmware?.kernelBoot?.kernelArgs;
  return [
    '-kernel',
    kernel.kernelPath,
    ...(kernel.initrdPath ? ['-initrd', kernel.initrdPath] : []),
    ...(line ? ['-append', line] : []),
  ];
}
