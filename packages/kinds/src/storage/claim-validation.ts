import { compareQuantities, isQuantity } from '../exact-quantity.ts';
import { type Cause, isDeepEqual, type KindOf, type ValidationContext } from '../machinery/index.ts';
import { dnsSubdomainFault, Faults, validateLabelSelector } from '../validation/index.ts';
import type { PersistentVolumeClaimSpec } from './persistent-volume-claim-spec.ts';

type Claim = KindOf<{ readonly spec: PersistentVolumeClaimSpec }>;

export function validateClaimSpec(spec: PersistentVolumeClaimSpec, path: string, faults: Faults): void {
  const modes = spec.accessModes ?? [];
  if (modes.length === 0) faults.required(`${path}.accessModes`, 'at least 1 access mode is required');
  if (modes.includes('ReadWriteOncePod') && modes.length > 1) {
    faults.forbidden(`${path}.accessModes`, 'may not use ReadWriteOncePod with other access modes');
  }
  validateLabelSelector(spec.selector, `${path}.selector`, faults);
  const size = spec.resources?.requests?.storage;
  if (size === undefined) faults.required(`${path}.resources[storage]`);
  else if (isQuantity(size) && compareQuantities(size, 0) <= 0) {
    faults.invalid(`${path}.resources[storage]`, String(size), 'must be greater than zero');
  }
  if (spec.storageClassName) faults.check(`${path}.storageClassName`, spec.storageClassName, dnsSubdomainFault);
}

/** What may change: the volume and the class, once; the size, upwards. */
function fixedPart(spec: PersistentVolumeClaimSpec): unknown {
  return {
    ...spec,
    volumeName: undefined,
    storageClassName: undefined,
    resources: undefined,
    volumeAttributesClassName: undefined,
  };
}

function validateChange(spec: PersistentVolumeClaimSpec, old: PersistentVolumeClaimSpec, faults: Faults): void {
  const rebound = old.volumeName && spec.volumeName !== old.volumeName;
  const reclassed = old.storageClassName !== undefined && spec.storageClassName !== old.storageClassName;
  if (rebound || reclassed || !isDeepEqual(fixedPart(spec), fixedPart(old))) {
    faults.forbidden(
      'spec',
      'spec is immutable after creation except resources.requests and volumeAttributesClassName',
    );
  }
  const size = spec.resources?.requests?.storage;
  const before = old.resources?.requests?.storage;
  if (size === undefined || before === undefined || !isQuantity(size)) return;
  if (compareQuantities(size, before) < 0) {
    faults.forbidden('spec.resources.requests.storage', 'field can not be less than previous value');
  }
}

export function validateClaim(claim: Claim, { old }: ValidationContext<Claim>): readonly Cause[] {
  const faults = new Faults();
  validateClaimSpec(claim.spec, 'spec', faults);
  if (old) validateChange(claim.spec, old.spec, faults);
  return faults.causes;
}
