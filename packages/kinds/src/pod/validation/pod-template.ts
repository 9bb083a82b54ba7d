import type { Faults } from '../../validation/faults.ts';
import { validateLabels } from '../../validation/labels.ts';
import type { PodTemplate } from '../pod-template.ts';
import { validatePodSpec } from './pod-spec.ts';

export function validatePodTemplate(template: PodTemplate, path: string, faults: Faults): void {
  validateLabels(template.metadata?.labels, `${path}.metadata.labels`, faults);
  validatePodSpec(template.spec, `${path}.spec`, faults);
  if (template.spec.ephemeralContainers?.length) {
    faults.forbidden(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template');
  }
}
