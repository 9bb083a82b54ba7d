import { int32, object, type Static } from '../machinery/index.ts';
import { LONGEST_SECONDS, modeOf } from './mode.ts';
import { MOST_HOSTS } from './reserve.ts';

export const power = object(
  {
    mode: modeOf('Switching hosts off and on'),
    minimumHosts: int32('Fewest hosts that stay on, beside the reserve; 1 by default.', {
      minimum: 1,
      maximum: MOST_HOSTS,
    }),
    idleSeconds: int32('How long a host is empty before it is switched off; 600 by default.', {
      minimum: 0,
      maximum: LONGEST_SECONDS,
    }),
    wakeSeconds: int32('How long a host takes to start: so far ahead load is looked for; 300 by default.', {
      minimum: 1,
      maximum: 86_400,
    }),
  },
  'When hosts are switched off and on. Hosts of the control plane always stay on.',
);
export type PowerSpec = Static<typeof power>;
