import { timestamp } from '@godwit/base';

/** Milliseconds since the epoch as Kubernetes writes instants. */
export function instant(ms: number): string {
  return timestamp({ now: () => ms });
}
