import { boolean, defineKind, int64, listOf, type ObjectOfKind, object, string } from '../machinery/index.ts';
import { metaName } from '../shared/openapi-names.ts';

export const deleteOptions = object(
  {
    apiVersion: string('API version of the options.'),
    kind: string('DeleteOptions.'),
    gracePeriodSeconds: int64('Seconds to end in; 0 at once.'),
    preconditions: object(
      { uid: string('UID that the object must have.'), resourceVersion: string('Version that it must have.') },
      'What must hold, or nothing is deleted.',
      metaName('Preconditions'),
    ),
    orphanDependents: boolean('Old form of propagationPolicy Orphan.'),
    propagationPolicy: string('Orphan, Background or Foreground.'),
    dryRun: listOf(string(), 'All: go the whole way and stop before storing.'),
    ignoreStoreReadErrorWithClusterBreakingPotential: boolean('Delete what cannot be read.'),
  },
  'How to delete.',
  metaName('DeleteOptions'),
);

export const eviction = defineKind({
  group: 'policy',
  version: 'v1',
  kind: 'Eviction',
  plural: 'evictions',
  description: 'Asks a pod to go, as far as its disruption budget allows.',
  body: object({ deleteOptions }),
  verbs: ['create'],
});

export type Eviction = ObjectOfKind<typeof eviction>;
