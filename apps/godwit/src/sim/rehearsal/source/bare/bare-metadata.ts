import type { KubeObject } from '@godwit/kinds';
import { without } from './keep.ts';

const METADATA = ['resourceVersion', 'managedFields', 'selfLink', 'annotations'] as const;
/** Annotations that parts of a cloud read. Others are people's own, and may hold anything. */
const KEPT_ANNOTATION = /(^|\.)(godwit\.dev|kubernetes\.io|k8s\.io|kubevirt\.io)\//;
/** Of those: what was written down for people, where volumes are filled from, what was applied, addresses, and where metrics are served. */
const DROPPED_ANNOTATION =
  /^(godwit\.dev\/(decision|fill)|kubectl\.kubernetes\.io\/|network\.godwit\.dev\/|metrics\.godwit\.dev\/)/;

/** What parts of a cloud read of an object's name, labels and annotations. */
export function bareMetadata(metadata: KubeObject['metadata']): KubeObject['metadata'] {
  const annotations = Object.entries(metadata.annotations ?? {}).filter(
    ([name]) => KEPT_ANNOTATION.test(name) && !DROPPED_ANNOTATION.test(name),
  );
  return {
    ...without(metadata, METADATA),
    ...(annotations.length > 0 && { annotations: Object.fromEntries(annotations) }),
  };
}

/** Of a template, where it has any. */
export function bareMeta({ metadata }: { readonly metadata?: KubeObject['metadata'] | undefined }) {
  return metadata ? { metadata: bareMetadata(metadata) } : {};
}
