import { readableBytes } from '@godwit/kinds';
import type { Shortage } from '../fits.ts';
import type { HostPort } from '../request/machine-request.ts';

/** Amounts for people: `4 GiB`, `1.5 cores`, `2`. */
export function readableAmount(resource: string, amount: number): string {
  if (resource === 'cpu') return `${amount / 1000} ${amount === 1000 ? 'core' : 'cores'}`;
  if (resource === 'memory' || resource === 'ephemeral-storage' || resource.startsWith('hugepages-')) {
    return readableBytes(amount);
  }
  return String(amount);
}

/** `Insufficient memory (needs 4 GiB, has 2.1 GiB free)`. */
export function insufficient({ resource, needed, free }: Shortage): string {
  const has = readableAmount(resource, Math.max(0, free));
  const what = resource === 'pods' ? 'Too many pods' : `Insufficient ${resource}`;
  return `${what} (needs ${readableAmount(resource, needed)}, has ${has} free)`;
}

export function portTaken({ protocol, port }: HostPort): string {
  return `host port ${port}/${protocol} is taken`;
}
