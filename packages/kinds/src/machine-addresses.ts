import type { KubeObject } from './machinery/index.ts';

/**
 * Annotation of a Pod or VirtualMachineInstance in which the API writes, at its binding, the addresses that
 * it has for its whole life: a JSON array with one entry an interface.
 */
export const addressesAnnotation = 'network.godwit.dev/addresses';

/** The IP addresses that the API gave to a machine; none before its binding. */
export function addressesOf({ metadata }: KubeObject): readonly string[] {
  const text = metadata.annotations?.[addressesAnnotation];
  if (text === undefined) return [];
  try {
    const entries: unknown = JSON.parse(text);
    if (!Array.isArray(entries)) return [];
    return entries.flatMap((entry: { readonly ip?: unknown } | null) =>
      typeof entry?.ip === 'string' ? [entry.ip] : [],
    );
  } catch {
    return [];
  }
}
