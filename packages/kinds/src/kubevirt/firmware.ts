import { boolean, object, oneOf, required, string } from '../machinery/index.ts';
import { kubevirt, marker } from './component-name.ts';

/** What a virtual machine boots with, and how it identifies itself to the guest. */

export const imagePullPolicy = oneOf(
  ['Always', 'IfNotPresent', 'Never'],
  'When to fetch the image. Defaults to Always for `:latest`, else IfNotPresent.',
);

export const kernelBoot = object(
  {
    kernelArgs: string('Command line of the kernel.'),
    container: object(
      {
        image: required(string('Container image that holds the files.')),
        imagePullPolicy,
        imagePullSecret: string('Name of the secret with which the registry is asked.'),
        kernelPath: string('Absolute path of the kernel in the image.'),
        initrdPath: string('Absolute path of the initial RAM disk in the image.'),
      },
      'Where the kernel and the initial RAM disk come from.',
      kubevirt('KernelBootContainer'),
    ),
  },
  'Boots a kernel straight away, without firmware looking for a disk.',
  kubevirt('KernelBoot'),
);

export const efi = object(
  {
    secureBoot: boolean('Starts only signed code. Needs `features.smm`. Defaults to true.'),
    persistent: boolean('Keeps the variables of the firmware over restarts.'),
  },
  'Boots with UEFI.',
  kubevirt('EFI'),
);

const bootloader = object(
  {
    bios: object(
      { useSerial: boolean('Shows the firmware on the serial console.') },
      'Boots with a BIOS; the default.',
      kubevirt('BIOS'),
    ),
    efi,
  },
  'Which firmware the machine boots with.',
  kubevirt('Bootloader'),
);

export const firmware = object(
  {
    uuid: string('UUID that the firmware tells the guest. Defaults to a stable one derived from the machine.'),
    serial: string('Serial number that the firmware tells the guest.'),
    bootloader,
    kernelBoot,
    acpi: object(
      {
        slicNameRef: string('Volume that holds a SLIC table.'),
        msdmNameRef: string('Volume that holds an MSDM table.'),
      },
      'Additional ACPI tables.',
      kubevirt('ACPI'),
    ),
  },
  'Firmware of the machine.',
  kubevirt('Firmware'),
);

export const machineType = object(
  { type: string('Machine type of QEMU, such as `q35`. Defaults to `q35` on amd64 and `virt` on arm64.') },
  'Which mainboard the guest sees.',
  kubevirt('Machine'),
);

export const chassis = object(
  {
    manufacturer: string('Manufacturer of the chassis.'),
    version: string('Version of the chassis.'),
    serial: string('Serial number of the chassis.'),
    asset: string('Asset tag of the chassis.'),
    sku: string('Stock number of the chassis.'),
  },
  'What the guest reads about its chassis in SMBIOS.',
  kubevirt('Chassis'),
);

export const launchSecurity = object(
  {
    sev: object(
      {
        policy: object(
          { encryptedState: boolean('Encrypts the processor registers too (SEV-ES).') },
          'What the guest demands of the platform.',
          kubevirt('SEVPolicy'),
        ),
        attestation: marker('SEVAttestation', 'The owner checks the platform before the guest starts.'),
        session: string('Session blob of the guest owner, base64.'),
        dhCert: string('Diffie-Hellman certificate of the guest owner, base64.'),
      },
      'AMD Secure Encrypted Virtualization.',
      kubevirt('SEV'),
    ),
    snp: marker('SEVSNP', 'AMD SEV with Secure Nested Paging.'),
    tdx: marker('TDX', 'Intel Trust Domain Extensions.'),
  },
  'Memory encryption that protects the guest from its host.',
  kubevirt('LaunchSecurity'),
);
