import { isDeepEqual, type PodTemplate } from '@godwit/kinds';

/** Label that tells the pods of one version from those of another. */
export const HASH_LABEL = 'pod-template-hash';

/** Whether two templates are the same version, whatever label the version carries. */
export function isSameTemplate(a: PodTemplate, b: PodTemplate): boolean {
  return isDeepEqual(withoutHash(a), withoutHash(b));
}

function withoutHash(template: PodTemplate): PodTemplate {
  const { labels, ...metadata } = template.metadata ?? {};
  const { [HASH_LABEL]: _, ...others } = labels ?? {};
  return { ...template, metadata: { ...metadata, labels: others } };
}
