import { validateAnnotations } from './annotations.ts';
import type { Faults } from './faults.ts';
import { validateLabels } from './labels.ts';

type Texts = Readonly<Record<string, string>>;

/** Labels and annotations of a template: what is made of it must not be refused for them. @param kind of what is made */
export function validateTemplateMetadata(
  kind: string,
  metadata: { readonly labels?: Texts | undefined; readonly annotations?: Texts | undefined } | undefined,
  path: string,
  faults: Faults,
): void {
  validateLabels(metadata?.labels, `${path}.labels`, faults);
  validateAnnotations(kind, metadata?.annotations, `${path}.annotations`, faults);
}
