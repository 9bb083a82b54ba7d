import { type MachineAccess, StatusFailure, type UsageAccess } from '@godwit/kinds';
import type { Life } from '../world/life.ts';

export function unavailable(message: string, cause?: unknown): StatusFailure {
  return new StatusFailure('ServiceUnavailable', message, undefined, cause);
}

/** The answer of a program, unless it dies first: then the connection breaks. */
export async function whileAlive<T>({ signal }: Life, answer: () => Promise<T>): Promise<T> {
  // It may have died since it was found.
  if (signal.aborted) throw unavailable('the connection broke');
  let onEnd: (() => void) | undefined;
  const end = new Promise<never>((_, reject) => {
    onEnd = () => reject(unavailable('the connection broke'));
    signal.addEventListener('abort', onEnd, { once: true });
  });
  try {
    return await Promise.race([answer(), end]);
  } finally {
    if (onEnd) signal.removeEventListener('abort', onEnd);
  }
}

/** The way to the machines of an agent, for other programs. */
export function accessOver(access: MachineAccess, life: Life): MachineAccess {
  return {
    stream: (...call) => whileAlive(life, () => access.stream(...call)),
    order: (...call) => whileAlive(life, () => access.order(...call)),
  };
}

/** The way to what an agent has measured. */
export function usageOver(usage: UsageAccess, life: Life): UsageAccess {
  return { usage: () => whileAlive(life, () => usage.usage()) };
}
