import type { VirtualMachineInstanceSpec } from '../virtual-machine-instance-spec.ts';
import type { Report } from './report.ts';
import { validatePath } from './volumes.ts';

/** Rules for firmware and for the smaller devices, as KubeVirt's admission has them. */

const ARCHITECTURES = ['amd64', 'arm64', 's390x'];
const MACHINE_TYPES = /^(q35|pc-q35.*|pc|pc-i440fx.*|virt|virt-.*|s390-ccw-virtio.*|microvm)$/;

export function validateDevices(spec: VirtualMachineInstanceSpec, path: string, report: Report): void {
  report.oneOf(`${path}.architecture`, spec.architecture, ARCHITECTURES);
  validateFirmware(spec, `${path}.domain`, report);
  validateKernelBoot(spec, `${path}.domain.firmware.kernelBoot`, report);
  validateSmallDevices(spec, `${path}.domain.devices`, report);
  report.oneOf(`${path}.domain.ioThreadsPolicy`, spec.domain.ioThreadsPolicy, ['shared', 'auto', 'supplementalPool']);
  report.oneOf(`${path}.domain.rebootPolicy`, spec.domain.rebootPolicy, ['Reboot', 'Terminate']);
  const threads = spec.domain.ioThreads?.supplementalPoolThreadCount ?? 0;
  if (spec.domain.ioThreadsPolicy === 'supplementalPool' && threads < 1) {
    report.invalid(`${path}.domain.ioThreads.supplementalPoolThreadCount`, 'must be at least 1 with this policy');
  }
}

function validateFirmware(spec: VirtualMachineInstanceSpec, path: string, report: Report): void {
  const { firmware, features, machine } = spec.domain;
  if (machine?.type && !MACHINE_TYPES.test(machine.type)) {
    report.invalid(`${path}.machine.type`, `"${machine.type}" is not a machine type that is offered`);
  }
  const loader = firmware?.bootloader;
  if (loader?.efi && loader.bios) report.invalid(`${path}.firmware.bootloader`, 'is either efi or bios, not both');
  const secure = loader?.efi && loader.efi.secureBoot !== false;
  const managed = features?.smm && features.smm.enabled !== false;
  if (secure && !managed) {
    const message = 'secure boot needs features.smm; switch secureBoot off or smm on';
    report.invalid(`${path}.firmware.bootloader.efi.secureBoot`, message);
  }
  if (!firmware?.acpi) return;
  for (const field of ['slicNameRef', 'msdmNameRef'] as const) {
    const name = firmware.acpi[field];
    if (name === undefined) continue;
    const volume = spec.volumes?.find((candidate) => candidate.name === name);
    if (!volume) report.invalid(`${path}.firmware.acpi.${field}`, `there is no volume named "${name}"`);
    else if (!volume.secret) report.invalid(`${path}.firmware.acpi.${field}`, 'must name a secret volume');
  }
}

function validateKernelBoot(spec: VirtualMachineInstanceSpec, field: string, report: Report): void {
  const boot = spec.domain.firmware?.kernelBoot;
  if (!boot) return;
  if (!boot.container) {
    if (boot.kernelArgs) report.invalid(`${field}.kernelArgs`, 'means nothing without a kernel');
    return;
  }
  if (boot.container.image === '') report.required(`${field}.container.image`, 'must be set');
  const { kernelPath, initrdPath } = boot.container;
  if (!kernelPath && !initrdPath) report.required(`${field}.container`, 'must have a kernelPath or an initrdPath');
  if (kernelPath) validatePath(kernelPath, `${field}.container.kernelPath`, report);
  if (initrdPath) validatePath(initrdPath, `${field}.container.initrdPath`, report);
}

function validateSmallDevices(spec: VirtualMachineInstanceSpec, field: string, report: Report): void {
  const { devices } = spec.domain;
  for (const [index, { bus, type }] of (devices.inputs ?? []).entries()) {
    report.oneOf(`${field}.inputs[${index}].bus`, bus, ['virtio', 'usb']);
    if (!['tablet', 'keyboard'].includes(type)) {
      report.invalid(`${field}.inputs[${index}].type`, `"${type}" is neither tablet nor keyboard`);
    }
  }
  if (devices.sound) {
    report.oneOf(`${field}.sound.model`, devices.sound.model, ['ich9', 'ac97']);
    if (devices.sound.name === '') report.required(`${field}.sound.name`, 'must be set');
  }
  if (devices.video && devices.autoattachGraphicsDevice === false) {
    report.invalid(`${field}.video`, 'means nothing where autoattachGraphicsDevice is false');
  }
  for (const [index, { model }] of (devices.panicDevices ?? []).entries()) {
    report.oneOf(`${field}.panicDevices[${index}].model`, model, ['isa', 'hyperv', 'pvpanic']);
  }
  for (const kind of ['gpus', 'hostDevices'] as const) {
    for (const [index, { deviceName, claimName }] of (devices[kind] ?? []).entries()) {
      if (!deviceName && !claimName) report.required(`${field}.${kind}[${index}].deviceName`, 'must be set');
    }
  }
  report.unique([...(devices.gpus ?? [])], `${field}.gpus`);
  report.unique([...(devices.hostDevices ?? [])], `${field}.hostDevices`);
  const actions = ['reset', 'poweroff', 'shutdown'];
  report.oneOf(`${field}.watchdog.i6300esb.action`, devices.watchdog?.i6300esb?.action, actions);
  report.oneOf(`${field}.watchdog.diag288.action`, devices.watchdog?.diag288?.action, actions);
  const displays = (devices.gpus ?? []).filter((gpu) => gpu.virtualGPUOptions?.display?.ramFB?.enabled);
  if (displays.length > 1) report.invalid(`${field}.gpus`, 'only one display can have ramFB');
}
