import { int32, object, type Static } from '../machinery/index.ts';
import { modeOf } from './mode.ts';

export const balance = object(
  {
    mode: modeOf('Moving machines'),
    intervalSeconds: int32('How often plans are made; 300 by default.', { minimum: 10, maximum: 86_400 }),
    maximumUtilization: int32(
      'Share of a host, in percent, that the load forecast for it may reach; where it is higher machines move away. 100 by default.',
      { minimum: 1, maximum: 100 },
    ),
    minimumImprovement: int32(
      'How many percent of what a plan may gain it must be predicted to gain, after the cost of its moves; 1 by default.',
      { minimum: 0, maximum: 100 },
    ),
    cooldownSeconds: int32('How long a machine stays where it was moved to; 1800 by default.', { minimum: 0 }),
    maximumMovesPerHour: int32('Most moves an hour, over all hosts; 600 by default.', { minimum: 0 }),
    maximumVolumeUsage: int32(
      'Share of a storage pool, in percent, above which volumes are moved to others; 85 by default.',
      { minimum: 1, maximum: 100 },
    ),
  },
  'When machines are moved.',
);
export type BalanceSpec = Static<typeof balance>;
