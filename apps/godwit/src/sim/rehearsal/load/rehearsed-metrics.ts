import { type Clock, Failure } from '@godwit/base';
import type { MachineSample, MachineSelection, MetricsSource, ValueQuery, ValueSample } from '@godwit/controllers';
import type { Asked, SharedLoad } from './shared-load.ts';
import type { SharedLoads } from './shared-loads.ts';

/** Length of the window that agents answer for. */
const WINDOW_MS = 3_000;

/**
 * What autoscalers are told. Processors as a host measures them: a machine that still starts uses none, and one that has
 * more to do than it can is busy all the time, and no more than that. Requests as a load balancer counts them: all that
 * come, whether or not they are served.
 */
export class RehearsedMetrics implements MetricsSource {
  readonly #loads: Pick<SharedLoads, 'meant'>;
  readonly #clock: Clock;

  constructor(loads: Pick<SharedLoads, 'meant'>, clock: Clock) {
    this.#loads = loads;
    this.#clock = clock;
  }

  async machines({ kind, ...asked }: MachineSelection): Promise<readonly MachineSample[]> {
    const load = this.#meant(asked);
    const { known } = load.group;
    const { used } = load.now();
    const atMs = this.#clock.now();
    const part = kind === 'Pod' ? 'main' : 'compute';
    return [...load.running()].map(({ name, cores, memoryBytes, ready }) => ({
      name,
      atMs,
      windowMs: WINDOW_MS,
      parts: [
        {
          name: part,
          cpuCores: ready ? cores * used : 0,
          memoryBytes: known ? (known.usedBytes ?? Number.NaN) : memoryBytes,
        },
      ],
    }));
  }

  async values(query: ValueQuery): Promise<readonly ValueSample[]> {
    if (query.of === 'prometheus' || query.of === 'http')
      throw new Failure('metric-unknown', `a rehearsal asks no ${query.of}`);
    if (query.of !== 'machines') return [{ value: countable(this.#meant({ namespace: query.namespace })).demand }];
    const load = countable(this.#meant(query.machines));
    const { demand } = load;
    const { servingCores } = load.now();
    return [...load.running()].map(({ name, cores, ready }) => ({
      name,
      value: ready ? (demand * cores) / servingCores : 0,
    }));
  }

  #meant(asked: Asked): SharedLoad {
    const load = this.#loads.meant(asked);
    if (!load) throw new Failure('metric-unknown', `no group of the rehearsal shares a demand in ${asked.namespace}`);
    if (load.blind) throw new Failure('metric-unknown', `nobody measures ${load.group.name} now`);
    return load;
  }
}

/** Of machines that were taken over it is known how busy they are, and not by what. */
function countable(load: SharedLoad): SharedLoad {
  if (load.group.known) throw new Failure('metric-unknown', `nobody knows what ${load.group.name} is asked to do`);
  return load;
}
