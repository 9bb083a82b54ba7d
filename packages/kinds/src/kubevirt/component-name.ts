import { object, type Schema } from '../machinery/index.ts';

/** OpenAPI component names of KubeVirt's own types. */
export const kubevirt = (kind: string) => ({ name: `io.kubevirt.v1.${kind}` });
/** OpenAPI component names of the Containerized Data Importer's types. */
export const cdi = (kind: string) => ({ name: `io.kubevirt.cdi.v1beta1.${kind}` });

/** A type without fields: that it is there says everything (`masquerade: {}`). */
export type Marker = Readonly<Record<never, never>>;

export function marker(kind: string, description: string): Schema<Marker> {
  return object({}, description, kubevirt(kind));
}
