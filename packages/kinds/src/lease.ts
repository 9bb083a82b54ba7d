import { textColumn } from './columns/index.ts';
import { defineKind, int32, type KindOf, object, type Static, string, time } from './machinery/index.ts';
import { coordinationName } from './shared/openapi-names.ts';
import { Faults } from './validation/index.ts';

const body = object({
  spec: object(
    {
      holderIdentity: string('Who holds it.'),
      leaseDurationSeconds: int32('How long it holds after a renewal.'),
      acquireTime: time('When it was taken.'),
      renewTime: time('When it was last renewed.'),
      leaseTransitions: int32('How often the holder changed.'),
      strategy: string('How the next holder is chosen.'),
      preferredHolder: string('Who should hold it next.'),
    },
    'Who holds it, and until when.',
    coordinationName('LeaseSpec'),
  ),
});

export type Lease = KindOf<Static<typeof body>>;

export const lease = defineKind({
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  hasGeneration: false,
  description: 'Held by one for a time, and renewed while the holder lives.',
  validate: ({ spec }) => {
    const faults = new Faults();
    faults.within('spec.leaseDurationSeconds', spec?.leaseDurationSeconds, 1);
    faults.within('spec.leaseTransitions', spec?.leaseTransitions, 0);
    return faults.causes;
  },
  columns: [textColumn('Holder', 'Who holds it.', (item: Lease) => item.spec?.holderIdentity ?? '')],
  body,
});
