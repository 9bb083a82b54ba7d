import { int32, object, type Static } from '../machinery/index.ts';

export const reserve = object(
  {
    hosts: int32('How many hosts may fail at any time; 1 by default.', { minimum: 0 }),
    racks: int32('How many racks (label topology.godwit.dev/rack) may fail; 0 by default.', { minimum: 0 }),
    zones: int32('How many zones (label topology.kubernetes.io/zone) may fail; 0 by default.', { minimum: 0 }),
  },
  'What may fail at any time without a machine being left without a host. The worst of the three counts.',
);
export type ReserveSpec = Static<typeof reserve>;
