import { mapOf, quantity, type Static } from '../machinery/index.ts';

/** Amounts by resource name, such as `cpu: 500m`. */
export const resourceList = (description: string) => mapOf(quantity(), description);
export type ResourceList = Static<ReturnType<typeof resourceList>>;
