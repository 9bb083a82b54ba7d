import { mapOf, quantity, type Static } from '../machinery/index.ts';

/** Amounts by resource name, such as `cpu: 500m`. */
export const resourceList = (description: string) => mapOf(quantity(), description);
export type ResourceList = Static<ReturnType<typeof resourceList>>;

/** Thousandths of single GPUs: 1000 for each that a host has, or that a machine takes for itself. */
export const gpuShareResource = 'godwit.dev/gpu-share';

/** What is wrong with the name of a resource that a machine asks for: of Godwit's own there is one. */
export function ownResourceFault(name: string): string | undefined {
  if (!name.startsWith('godwit.dev/') || name === gpuShareResource) return undefined;
  return `there is no such resource; of this name only ${gpuShareResource} is given out`;
}
