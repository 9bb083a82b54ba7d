import { int32, number, object, type Static } from '../machinery/index.ts';
import { LONGEST_SECONDS, modeOf } from './mode.ts';

export const balance = object(
  {
    mode: modeOf('Moving machines'),
    intervalSeconds: int32('How often plans are made; 300 by default.', { minimum: 10, maximum: 86_400 }),
    maximumUtilization: int32('Share of a host, in percent, up to which moves may fill it; 90 by default.', {
      minimum: 1,
      maximum: 100,
    }),
    safety: number('How many standard deviations of its load are kept free on a host; 1.5 by default.', {
      minimum: 0,
      maximum: 10,
    }),
    minimumImprovement: int32('How many percent more than it costs a plan must be predicted to gain; 10 by default.', {
      minimum: 0,
      maximum: 10_000,
    }),
    paybackSeconds: int32('How long an emptied host is counted on to stay empty; 1800 by default.', {
      minimum: 1,
      maximum: LONGEST_SECONDS,
    }),
    cooldownSeconds: int32('How long a machine stays where it was moved to; 900 by default.', {
      minimum: 0,
      maximum: LONGEST_SECONDS,
    }),
    maximumMovesPerHour: int32('Most moves an hour, over all hosts; 2000 by default.', {
      minimum: 0,
      maximum: 1_000_000,
    }),
    maximumVolumeUsage: int32(
      'Share of a storage pool, in percent, above which volumes are moved to others; 85 by default.',
      { minimum: 1, maximum: 100 },
    ),
  },
  'When machines are moved.',
);
export type BalanceSpec = Static<typeof balance>;
