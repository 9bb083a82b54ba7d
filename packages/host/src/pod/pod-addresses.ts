import type { Pod } from '@godwit/kinds';
import type { MachineAddress } from '../network-driver.ts';

/** Where the API keeps the addresses that it gave a machine at binding. */
export const ADDRESSES_ANNOTATION = 'network.godwit.dev/addresses';

/** The addresses that the API gave this pod; none for one in the network of the host. */
export function addressesOf(pod: Pick<Pod, 'metadata'>): readonly MachineAddress[] {
  const { annotations } = pod.metadata;
  const text = annotations?.[ADDRESSES_ANNOTATION];
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
