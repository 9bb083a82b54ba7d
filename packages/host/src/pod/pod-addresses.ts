import type { Pod } from '@godwit/kinds';
import type { MachineAddress } from '../network-driver.ts';

/** Where the API keeps the addresses that it gave a machine at binding. */
export const ADDRESSES_ANNOTATION = 'network.godwit.dev/addresses';

/** The addresses that the API gave this pod; none for one in the network of the host. */
export function addressesOf(pod: Pick<Pod, 'metadata'>): readonly MachineAddress[] {
  const text = pod.metadata.annotations?.[ADDRESSES_ANNOTATION];
  if (text === undefined) return [];
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? (value as MachineAddress[]) : [];
  } catch {
    return [];
  }
}
