import type { TypeRole } from './matcher.ts';

/** Labels of a volume that name the type and the preference of machines which boot from it. */
export function inferredMatcher(
  role: TypeRole,
  labels: Readonly<Record<string, string>> | undefined,
): { readonly name: string; readonly kind?: string } | undefined {
  const name = labels?.[`instancetype.kubevirt.io/default-${role}`];
  const kind = labels?.[`instancetype.kubevirt.io/default-${role}-kind`];
  return name ? { name, ...(kind && { kind }) } : undefined;
}
