import { int32, number, object, type Static, string } from '../machinery/index.ts';
import { modeOf } from './mode.ts';

const percentile = (what: string, usual: number) =>
  int32(`Percentile of ${what} that a machine should have; ${usual} by default.`, { minimum: 1, maximum: 100 });
const halfLife = (what: string) =>
  int32(`Hours after which a sample of ${what} counts half; 24 by default.`, { minimum: 1, maximum: 8760 });

const prices = object(
  {
    currency: string('What prices are in, such as EUR.', { minLength: 1, maxLength: 16 }),
    coreHour: number('Price of one core for an hour.', { minimum: 0 }),
    gibHour: number('Price of one GiB of memory for an hour.', { minimum: 0 }),
    kilowattHour: number('Price of a kilowatt-hour.', { minimum: 0 }),
  },
  'What resources cost, for reports of waste.',
);

export const rightSize = object(
  {
    mode: modeOf('Changing the size of machines'),
    cpuPercentile: percentile('processor use', 90),
    memoryPercentile: percentile('peaks of memory use', 95),
    cpuHalfLifeHours: halfLife('processor use'),
    memoryHalfLifeHours: halfLife('memory use'),
    margin: int32('Percent that are added on top; 15 by default.', { minimum: 0, maximum: 1000 }),
    minimumChange: int32('Percent by which a size must be wrong to be changed; 10 by default.', {
      minimum: 0,
      maximum: 100,
    }),
    watchMinutes: int32('Minutes for which a machine is watched before a size is recommended; 360 by default.', {
      minimum: 1,
      maximum: 43_200,
    }),
    prices,
  },
  'What sizes are recommended.',
);
export type RightSizeSpec = Static<typeof rightSize>;
