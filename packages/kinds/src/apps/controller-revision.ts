import { textColumn } from '../columns/index.ts';
import { anything, defineKind, filled, int64, type KindOf, object, type Static } from '../machinery/index.ts';

const body = object({
  data: anything('The object as it was.'),
  revision: filled(int64('Place in the order of copies of the same object.')),
});

export type ControllerRevision = KindOf<Static<typeof body>>;

export const controllerRevision = defineKind({
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  description: 'A copy of an object that a controller keeps, to know later what it was.',
  body,
  defaults: (draft) => {
    draft.revision ??= 0;
  },
  columns: [
    textColumn('Controller', 'Who keeps the copy.', ({ metadata }: ControllerRevision) => {
      const owner = metadata.ownerReferences?.find(({ controller }) => controller);
      return owner ? `${owner.kind.toLowerCase()}.${owner.apiVersion.split('/')[0]}/${owner.name}` : '<none>';
    }),
    {
      name: 'Revision',
      type: 'string',
      description: 'Place in the order of copies.',
      value: ({ revision }: ControllerRevision) => String(revision),
    },
    {
      ...textColumn('Age', 'Time since creation.', (item: ControllerRevision) => item.metadata.creationTimestamp ?? ''),
      type: 'date' as const,
    },
  ],
  immutable: ['data'],
});
