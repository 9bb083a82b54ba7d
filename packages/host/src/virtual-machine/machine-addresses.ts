import type { KubeObject } from '@godwit/kinds';
import type { MachineAddress } from '../network-driver.ts';

/** Annotation in which the API keeps the addresses that it gave a machine at binding. */
export const addressesAnnotation = 'network.godwit.dev/addresses';

/** Addresses by index of interface; none where the machine has none yet, or where they cannot be read. */
export function addressesOf(machine: KubeObject | undefined): readonly MachineAddress[] {
  const text = machine?.metadata.annotations?.[addressesAnnotation];
  if (text === undefined) return [];
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? (value as MachineAddress[]) : [];
  } catch {
    return [];
  }
}
