import { defineKind, filled, int32, type ObjectOfKind, object, string } from '../machinery/index.ts';
import { named } from '../shared/openapi-names.ts';

const name = named('api.autoscaling.v1');

/** Read and written through the subresource `scale` of other kinds; never stored. */
export const scale = defineKind({
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
  plural: 'scales',
  description: 'How many machines there should be, and are.',
  body: object({
    spec: object({ replicas: int32('How many there should be.', { minimum: 0 }) }, 'Wanted.', name('ScaleSpec')),
    status: object(
      { replicas: filled(int32('How many there are.')), selector: string('Labels of the machines, as text.') },
      'Found.',
      name('ScaleStatus'),
    ),
  }),
  verbs: [],
});

export type Scale = ObjectOfKind<typeof scale>;
