import { anyObject, boolean, int32, int64, listOf, object, string } from '@godwit/kinds';

/** Types that every group shares, beside ObjectMeta. */
export const listMetaSchema = object(
  {
    continue: string('Where the next page begins; empty on the last one.'),
    remainingItemCount: int64('How many more objects there are.'),
    resourceVersion: string('The version that the list shows.'),
    selfLink: string('No longer used.'),
  },
  'What every list has.',
).json;

const preconditions = object(
  {
    resourceVersion: string('Only this version.'),
    uid: string('Only the object with this identity.'),
  },
  'What must hold, or the deletion is refused.',
  { name: 'io.k8s.apimachinery.pkg.apis.meta.v1.Preconditions' },
);

export const deleteOptionsSchema = object(
  {
    apiVersion: string(),
    kind: string(),
    dryRun: listOf(string(), 'All: go the whole way, but delete nothing.'),
    gracePeriodSeconds: int64('Seconds that the object has to end by itself; 0 deletes at once.'),
    orphanDependents: boolean('The old form of propagationPolicy.'),
    preconditions,
    propagationPolicy: string('Orphan, Background or Foreground: what becomes of what the object owns.'),
  },
  'How to delete an object.',
).json;

export const statusSchema = object(
  {
    apiVersion: string(),
    kind: string(),
    metadata: anyObject('Standard list metadata.'),
    status: string('Success or Failure.'),
    message: string('What happened, for people.'),
    reason: string('What happened, in one word for machines.'),
    details: anyObject('The object, and the causes one by one.'),
    code: int32('HTTP status code.'),
  },
  'How a request went.',
).json;
