import type { Draft } from '../../machinery/index.ts';
import type { VirtualMachineInstanceSpec } from '../virtual-machine-instance-spec.ts';
import { applyPreferredDevices } from './apply-preferred-devices.ts';
import type { PreferenceSpec } from './preference-spec.ts';

/** What a guest likes best holds where its machine says nothing: KubeVirt's rules, `pkg/instancetype/preference`. */

type SpecDraft = Draft<VirtualMachineInstanceSpec>;
type Preference = Draft<PreferenceSpec>;

/** Writes the preference into the spec of an instance whose disks and interfaces are all there. */
export function applyPreference(spec: SpecDraft, preference: Preference): void {
  applyCpuFeatures(spec, preference);
  if (preference.devices) applyPreferredDevices(spec, preference.devices);
  applyFeatures(spec, preference);
  applyFirmware(spec, preference);
  applyClock(spec, preference);
  const { machine, preferredSubdomain, preferredTerminationGracePeriodSeconds: seconds } = preference;
  if (machine?.preferredMachineType && !spec.domain.machine?.type) {
    spec.domain.machine = { ...spec.domain.machine, type: machine.preferredMachineType };
  }
  if (preferredSubdomain !== undefined) spec.subdomain ||= preferredSubdomain;
  if (seconds !== undefined) spec.terminationGracePeriodSeconds ??= seconds;
  if (preference.preferredArchitecture) spec.architecture ||= preference.preferredArchitecture;
  if (preference.preferredLaunchSecurity) spec.domain.launchSecurity ??= preference.preferredLaunchSecurity;
}

function applyCpuFeatures({ domain }: SpecDraft, { cpu }: Preference): void {
  const own = domain.cpu?.features ?? [];
  const known = new Set(own.map(({ name }) => name));
  const added = (cpu?.preferredCPUFeatures ?? []).filter(({ name }) => !known.has(name));
  if (added.length > 0) domain.cpu = { ...domain.cpu, features: [...own, ...added] };
}

function applyFeatures({ domain }: SpecDraft, { features: preferred }: Preference): void {
  if (!preferred) return;
  const { preferredAcpi, preferredApic, preferredHyperv, preferredKvm, preferredPvspinlock, preferredSmm } = preferred;
  domain.features = {
    ...(preferredAcpi && { acpi: preferredAcpi }),
    ...(preferredApic && { apic: preferredApic }),
    ...(preferredKvm && { kvm: preferredKvm }),
    ...(preferredPvspinlock && { pvspinlock: preferredPvspinlock }),
    ...(preferredSmm && { smm: preferredSmm }),
    ...domain.features,
    ...(preferredHyperv && { hyperv: { ...preferredHyperv, ...domain.features?.hyperv } }),
  };
}

function applyFirmware({ domain }: SpecDraft, { firmware: preferred }: Preference): void {
  if (!preferred) return;
  const bootloader = { ...domain.firmware?.bootloader };
  const { preferredUseBios, preferredUseBiosSerial, preferredUseEfi, preferredUseSecureBoot, preferredEfi } = preferred;
  const open = !bootloader.bios && !bootloader.efi;
  if (open && preferredUseBios) bootloader.bios = {};
  else if (open && preferredEfi) bootloader.efi = preferredEfi;
  else if (open && preferredUseEfi) bootloader.efi = {};
  if (bootloader.bios && preferredUseBiosSerial !== undefined) {
    bootloader.bios = { useSerial: preferredUseBiosSerial, ...bootloader.bios };
  }
  // The older form of secure boot says nothing about firmware that the newer form describes.
  if (bootloader.efi && !preferredEfi && preferredUseSecureBoot !== undefined) {
    bootloader.efi = { secureBoot: preferredUseSecureBoot, ...bootloader.efi };
  }
  if (bootloader.bios || bootloader.efi) domain.firmware = { ...domain.firmware, bootloader };
}

function applyClock({ domain }: SpecDraft, { clock: preferred }: Preference): void {
  if (!preferred) return;
  const { preferredClockOffset, preferredTimer } = preferred;
  const clock = { ...(preferredTimer && { timer: preferredTimer }), ...domain.clock };
  if (!clock.utc && clock.timezone === undefined) Object.assign(clock, preferredClockOffset);
  if (Object.keys(clock).length > 0) domain.clock = clock;
}
