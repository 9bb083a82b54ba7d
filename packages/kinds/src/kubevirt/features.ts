import { boolean, int64, object, string } from '../machinery/index.ts';
import { kubevirt } from './component-name.ts';

/** Processor and platform features that a guest sees. */

const enabled = boolean('Defaults to true.');

/** A feature that is on when it is mentioned, unless it says otherwise. */
export const featureState = object({ enabled }, 'Turns a feature on or off.', kubevirt('FeatureState'));

export const hyperv = object(
  {
    relaxed: featureState,
    vapic: featureState,
    spinlocks: object(
      { enabled, spinlocks: int64('Tries before the guest yields, at least 4096. Defaults to 4096.') },
      'How long a guest spins on a lock.',
      kubevirt('FeatureSpinlocks'),
    ),
    vpindex: featureState,
    runtime: featureState,
    synic: featureState,
    synictimer: object(
      { enabled, direct: featureState },
      'Timers of the synthetic interrupt controller.',
      kubevirt('SyNICTimer'),
    ),
    reset: featureState,
    vendorid: object(
      { enabled, vendorid: string('Vendor that the hypervisor names, at most 12 characters.', { maxLength: 12 }) },
      'Vendor of the hypervisor as the guest sees it.',
      kubevirt('FeatureVendorID'),
    ),
    frequencies: featureState,
    reenlightenment: featureState,
    tlbflush: object(
      { enabled, direct: featureState, extended: featureState },
      'Flushes of the address cache by the hypervisor.',
      kubevirt('TLBFlush'),
    ),
    ipi: featureState,
    evmcs: featureState,
  },
  'What Windows expects of Hyper-V.',
  kubevirt('FeatureHyperv'),
);

export const apic = object(
  { enabled, endOfInterrupt: boolean('The guest may signal the end of an interrupt by itself.') },
  'Advanced interrupt controller.',
  kubevirt('FeatureAPIC'),
);

export const kvm = object(
  { hidden: boolean('The guest does not see that it runs under KVM.') },
  'How KVM shows itself.',
  kubevirt('FeatureKVM'),
);

export const features = object(
  {
    acpi: featureState,
    apic,
    hyperv,
    hypervPassthrough: object(
      { enabled: boolean('Passes on every Hyper-V feature that the host has.') },
      'All Hyper-V features at once.',
      kubevirt('HyperVPassthrough'),
    ),
    smm: featureState,
    kvm,
    pvspinlock: featureState,
  },
  'Features of processor and platform.',
  kubevirt('Features'),
);
