import { listOf, object, oneOf, type Static, string } from '../machinery/index.ts';
import { labelSelector } from '../shared/label-selector.ts';
import { coreName } from '../shared/openapi-names.ts';
import { typedLocalObjectReference, typedObjectReference } from '../shared/references.ts';
import { resourceList } from '../shared/resource-list.ts';

export const accessModes = listOf(
  oneOf(['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod']),
  'How the volume may be mounted.',
);
export const volumeMode = oneOf(['Filesystem', 'Block'], 'A file system (default) or a raw block device.');

export const persistentVolumeClaimSpec = object(
  {
    accessModes,
    selector: labelSelector,
    resources: object(
      { limits: resourceList('Largest size.'), requests: resourceList('Smallest size, under the name storage.') },
      'Size that is asked for.',
      coreName('VolumeResourceRequirements'),
    ),
    volumeName: string('The volume that answers the claim.'),
    storageClassName: string('Class to make the volume with; empty asks for a volume without class.'),
    volumeMode,
    dataSource: typedLocalObjectReference,
    dataSourceRef: typedObjectReference,
    volumeAttributesClassName: string('Class of changeable attributes.'),
  },
  'The disk that is asked for.',
  coreName('PersistentVolumeClaimSpec'),
);
export type PersistentVolumeClaimSpec = Static<typeof persistentVolumeClaimSpec>;
