import { defineKind, int32, type ObjectOfKind, object, string } from './machinery/index.ts';
import { coordinationName } from './shared/openapi-names.ts';

const microTime = (description: string) => string(description, { format: 'date-time' });

export const lease = defineKind({
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  hasGeneration: false,
  description: 'Held by one for a time, and renewed while the holder lives.',
  body: object({
    spec: object(
      {
        holderIdentity: string('Who holds it.'),
        leaseDurationSeconds: int32('How long it holds after a renewal.'),
        acquireTime: microTime('When it was taken.'),
        renewTime: microTime('When it was last renewed.'),
        leaseTransitions: int32('How often the holder changed.'),
        strategy: string('How the next holder is chosen.'),
        preferredHolder: string('Who should hold it next.'),
      },
      'Who holds it, and until when.',
      coordinationName('LeaseSpec'),
    ),
  }),
});

export type Lease = ObjectOfKind<typeof lease>;
