import { addressesAnnotation, type KubeObject } from '@godwit/kinds';
import type { MachineAddress } from '../network-driver.ts';

/**
 * Addresses by index of interface, as the API gave them to a machine at its binding; none where it has none yet, where
 * they cannot be read, and for a pod in the network of the host.
 */
export function addressesOf(machine: Pick<KubeObject, 'metadata'> | undefined): readonly MachineAddress[] {
  const annotations = machine?.metadata.annotations;
  const text = annotations?.[addressesAnnotation];
  if (annotations === undefined || text === undefined) return [];
  const known = read.get(annotations);
  if (known) return known;
  const addresses = addressesIn(text);
  read.set(annotations, addresses);
  return addresses;
}

/** Annotations of one version are asked again and again, and never changed. */
const read = new WeakMap<object, readonly MachineAddress[]>();

function addressesIn(text: string): readonly MachineAddress[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? (value as MachineAddress[]) : [];
  } catch {
    return [];
  }
}
