import { describeError, timestamp } from '@godwit/base';
import type { ApiClient } from '@godwit/client';
import {
  isNotFound,
  movingTo,
  type Stored,
  type VirtualMachineInstance,
  virtualMachineInstance,
  wholeUnits,
} from '@godwit/kinds';
import { migrationBytesPerSecond } from '@godwit/planner';
import type { RehearsedHost } from './rehearsed-host.ts';

/** Guests that leave one host at a time, as KubeVirt has it by default: two fill a link of 1 Gbit/s. */
const MOST_LEAVING = 2;

/** What moves came to. */
export interface MoveTotals {
  /** Machines that arrived. */
  readonly machines: number;
  /** Machines that stayed where they were, because one of the hosts had gone or the guest had ended. */
  readonly failed: number;
  /** Memory that was carried, and the time that each move took, summed up. */
  readonly bytes: number;
  readonly seconds: number;
}

/**
 * The hosts' part in moving machines while they run. A guest's memory is carried at half of a 1 Gbit/s link, as plans
 * count on, while the guest runs on where it is; then it goes on on the other host, whose agent writes where it is now.
 */
export class LiveMoves {
  readonly #hosts: ReadonlyMap<string, RehearsedHost>;
  readonly #client: ApiClient;
  readonly #leaving = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();
  #underWay = 0;
  #totals: MoveTotals = { machines: 0, failed: 0, bytes: 0, seconds: 0 };

  constructor(hosts: ReadonlyMap<string, RehearsedHost>, client: ApiClient) {
    this.#hosts = hosts;
    this.#client = client;
  }

  get totals(): MoveTotals {
    return this.#totals;
  }

  /** How many guests are being carried now. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Begins the move of a machine that has just been told to. */
  see(before: Stored<VirtualMachineInstance> | undefined, after: Stored<VirtualMachineInstance>): void {
    const to = movingTo(after);
    if (to === undefined || (before && movingTo(before) === to)) return;
    void this.#move(after, to);
  }

  async #move(machine: Stored<VirtualMachineInstance>, to: string): Promise<void> {
    const from = machine.status?.nodeName ?? '';
    await this.#mayLeave(from);
    const bytes = wholeUnits(machine.spec.domain.memory?.guest);
    const seconds = bytes / migrationBytesPerSecond;
    this.#underWay++;
    await this.#client.world.clock.sleep(seconds * 1000);
    this.#underWay--;
    this.#left(from);
    const arrived = await this.#arrive(machine, from, to).catch((error: unknown) => {
      this.#client.world.log.warn('a move could not be brought to its end', { error: describeError(error) });
      return false;
    });
    const { machines, failed, ...sums } = this.#totals;
    this.#totals = arrived
      ? { machines: machines + 1, failed, bytes: sums.bytes + bytes, seconds: sums.seconds + seconds }
      : { machines, failed: failed + 1, ...sums };
  }

  async #arrive({ metadata }: Stored<VirtualMachineInstance>, from: string, to: string): Promise<boolean> {
    const machine = this.#client.cache(virtualMachineInstance).get(metadata);
    if (machine?.metadata.uid !== metadata.uid || movingTo(machine) !== to) return false;
    const [source, target] = [this.#hosts.get(from), this.#hosts.get(to)];
    const arrived = !!source?.on && !!target?.on && (await source.handOver(machine, target));
    await this.#tell(machine, to, arrived);
    return arrived;
  }

  /** As the agent of the host where it arrives would. */
  async #tell({ metadata: { uid, ...name } }: Stored<VirtualMachineInstance>, to: string, arrived: boolean) {
    const now = timestamp(this.#client.world.clock);
    const end = { endTimestamp: now, completed: true, ...(arrived ? { targetNodeDomainDetected: true } : FAILED) };
    try {
      await this.#client.resource(virtualMachineInstance).modify(
        name,
        (draft) => {
          if (draft.metadata.uid !== uid || !draft.status) return false;
          draft.status.migrationState = { ...draft.status.migrationState, ...end };
          if (arrived) draft.status.nodeName = to;
          return true;
        },
        { subresource: 'status' },
      );
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  async #mayLeave(host: string): Promise<void> {
    const leaving = this.#leaving.get(host) ?? 0;
    if (leaving < MOST_LEAVING) {
      this.#leaving.set(host, leaving + 1);
      return;
    }
    await new Promise<void>((resolve) => {
      const queue = this.#waiting.get(host);
      if (queue) queue.push(resolve);
      else this.#waiting.set(host, [resolve]);
    });
  }

  /** Whoever waits next takes the place. */
  #left(host: string): void {
    const next = this.#waiting.get(host)?.shift();
    if (next) next();
    else this.#leaving.set(host, (this.#leaving.get(host) ?? 1) - 1);
  }
}

const FAILED = { failed: true, failureReason: 'a host or the guest had ended before it arrived' };
