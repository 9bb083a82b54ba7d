import { int32, object, type Static } from '../machinery/index.ts';

/** More than this is a slip. */
export const MOST_HOSTS = 100_000;

export const reserve = object(
  {
    hosts: int32('How many hosts may fail at any time; 1 by default.', { minimum: 0, maximum: MOST_HOSTS }),
    racks: int32('How many racks (label topology.godwit.dev/rack) may fail; 0 by default.', {
      minimum: 0,
      maximum: MOST_HOSTS,
    }),
    zones: int32('How many zones (label topology.kubernetes.io/zone) may fail; 0 by default.', {
      minimum: 0,
      maximum: MOST_HOSTS,
    }),
  },
  'What may fail at any time without a machine being left without a host. The worst of the three counts.',
);
export type ReserveSpec = Static<typeof reserve>;
