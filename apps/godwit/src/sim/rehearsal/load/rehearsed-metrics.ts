import { type Clock, Failure } from '@godwit/base';
import type { MachineSample, MachineSelection, MetricsSource, ValueQuery, ValueSample } from '@godwit/controllers';
import type { SharedLoad } from './shared-load.ts';
import type { SharedLoads } from './shared-loads.ts';

/** Length of the window that agents answer for. */
const WINDOW_MS = 3_000;

/**
 * What autoscalers are told. Processors as a host measures them: a machine that still starts uses none, and one that has
 * more to do than it can is busy all the time, and no more than that. Requests as a load balancer counts them: all that
 * come, whether or not they are served.
 */
export class RehearsedMetrics implements MetricsSource {
  readonly #loads: Pick<SharedLoads, 'in'>;
  readonly #clock: Clock;

  constructor(loads: Pick<SharedLoads, 'in'>, clock: Clock) {
    this.#loads = loads;
    this.#clock = clock;
  }

  async machines({ namespace, kind }: MachineSelection): Promise<readonly MachineSample[]> {
    const load = this.#loadIn(namespace);
    const { used } = load.now();
    const atMs = this.#clock.now();
    const part = kind === 'Pod' ? 'main' : 'compute';
    return [...load.running()].map(({ name, cores, memoryBytes, ready }) => ({
      name,
      atMs,
      windowMs: WINDOW_MS,
      parts: [{ name: part, cpuCores: ready ? cores * used : 0, memoryBytes }],
    }));
  }

  async values(query: ValueQuery): Promise<readonly ValueSample[]> {
    if (query.of === 'prometheus' || query.of === 'http')
      throw new Failure('metric-unknown', `a rehearsal asks no ${query.of}`);
    if (query.of !== 'machines') return [{ value: this.#loadIn(query.namespace).demand }];
    const load = this.#loadIn(query.machines.namespace);
    const { demand } = load;
    const { servingCores } = load.now();
    return [...load.running()].map(({ name, cores, ready }) => ({
      name,
      value: ready ? (demand * cores) / servingCores : 0,
    }));
  }

  #loadIn(namespace: string): SharedLoad {
    const load = this.#loads.in(namespace);
    if (!load) throw new Failure('metric-unknown', `no group of the rehearsal shares a demand in ${namespace}`);
    if (load.blind) throw new Failure('metric-unknown', `nobody measures ${load.group.name} now`);
    return load;
  }
}
