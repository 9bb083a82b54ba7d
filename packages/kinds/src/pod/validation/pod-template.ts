import type { Faults } from '../../validation/faults.ts';
import { validateTemplateMetadata } from '../../validation/template-metadata.ts';
import type { PodTemplate } from '../pod-template.ts';
import { validatePodSpec } from './pod-spec.ts';

export function validatePodTemplate(template: PodTemplate, path: string, faults: Faults): void {
  validateTemplateMetadata('Pod', template.metadata, `${path}.metadata`, faults);
  validatePodSpec(template.spec, `${path}.spec`, faults);
  if (template.spec.ephemeralContainers?.length) {
    faults.forbidden(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template');
  }
}
