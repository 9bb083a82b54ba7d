import { type Clock, timestamp } from '@godwit/base';
import {
  type KubeObject,
  movingTo,
  StatusFailure,
  type Stored,
  type VirtualMachineInstance,
  wholeUnits,
} from '@godwit/kinds';
import { migrationBytesPerSecond } from '@godwit/planner';
import type { EventLog } from '../world/event-log.ts';
import type { ObjectChange } from './api-view.ts';
import type { SimulatedCloud, Station } from './simulated-cloud.ts';

const RETRY_MS = 500;
/** A move that cannot be brought to its end within this time is given up. */
const PATIENCE_MS = 60_000;

const INSTANCES = { group: 'kubevirt.io', version: 'v1', plural: 'virtualmachineinstances' };
const FAILED = { failed: true, failureReason: 'a host or the guest had ended before it arrived' };

/**
 * The hosts' part in moving guests while they run. Memory is carried while the guest runs on; then the host where it
 * arrives writes where it is. In the moment in which that is written, and in no other, the guest changes hosts.
 */
export class GuestMoves {
  readonly #cloud: SimulatedCloud;
  readonly #clock: Clock;
  readonly #events: EventLog;

  constructor(cloud: SimulatedCloud, clock: Clock, events: EventLog) {
    this.#cloud = cloud;
    this.#clock = clock;
    this.#events = events;
    cloud.view.listen({ changed: (change) => this.#changed(change) });
  }

  #changed({ key, plural, before, after }: ObjectChange): void {
    if (plural !== 'virtualmachineinstances' || !after) return;
    const [then, now] = [before as Stored<VirtualMachineInstance> | undefined, after as Stored<VirtualMachineInstance>];
    const to = movingTo(now);
    if (to !== undefined && (!then || movingTo(then) !== to)) void this.#carry(key, now, to);
    const [left, arrived] = [then?.status?.nodeName, now.status?.nodeName];
    if (left && arrived && left !== arrived) this.#handOver(now, left, arrived);
  }

  async #carry(key: string, machine: Stored<VirtualMachineInstance>, to: string): Promise<void> {
    const bytes = wholeUnits(machine.spec.domain.memory?.guest);
    await this.#clock.sleep((bytes / migrationBytesPerSecond) * 1000);
    const untilMs = this.#clock.monotonic() + PATIENCE_MS;
    for (;;) {
      const now = this.#cloud.view.get('virtualmachineinstances', key) as Stored<VirtualMachineInstance> | undefined;
      if (!now || now.metadata.uid !== machine.metadata.uid || movingTo(now) !== to) return;
      const [source, target] = [this.#cloud.station(now.status?.nodeName), this.#cloud.station(to)];
      const runs = source?.host.hypervisor.actual().some((one) => one.machine.uid === now.metadata.uid) ?? false;
      const arrives = runs && canWork(source) && canWork(target);
      const given = !runs || this.#clock.monotonic() > untilMs;
      if (arrives || given) await this.#tell(now, arrives ? to : undefined, target);
      await this.#clock.sleep(RETRY_MS);
    }
  }

  /** As the agent of the host where it arrives would. What nobody hears, or somebody else was quicker at, is tried again. */
  async #tell(machine: Stored<VirtualMachineInstance>, to: string | undefined, target: Station | undefined) {
    const { namespace = '', name } = machine.metadata;
    const end = { endTimestamp: timestamp(this.#clock), completed: true, ...(to === undefined && FAILED) };
    const status = {
      ...machine.status,
      migrationState: { ...machine.status?.migrationState, ...end },
      ...(to !== undefined && { nodeName: to }),
    };
    try {
      const changed = { ...machine, status } as KubeObject;
      await target?.wires.at(-1)?.update({ ...INSTANCES, namespace, name, subresource: 'status' }, changed);
    } catch (error) {
      if (!(error instanceof StatusFailure)) throw error;
    }
  }

  #handOver(machine: Stored<VirtualMachineInstance>, from: string, to: string): void {
    const [source, target] = [this.#cloud.station(from), this.#cloud.station(to)];
    const { uid, name } = machine.metadata;
    if (!source || !target) return;
    const arrived = source.host.hypervisor.handOver(uid, target.host.hypervisor);
    this.#events.add(`guest ${name} ${arrived ? 'goes on' : 'is not there to go on'} on ${to}, which was on ${from}`);
    void this.#receive(target, machine);
    void this.#leave(source, uid);
  }

  /** A program that starts just now finds by itself what runs, or is told once it is ready. */
  async #receive(target: Station, machine: Stored<VirtualMachineInstance>): Promise<void> {
    while (target.readySinceMs === undefined) await this.#clock.sleep(RETRY_MS);
    const { instances } = target;
    if (instances?.known().includes(machine.metadata.uid) === false) await instances.receive(machine);
  }

  /** What is left on the host that it came from goes, as often as it has to be asked for. */
  async #leave(source: Station, uid: string): Promise<void> {
    const { life, instances } = source;
    while (life?.alive) {
      try {
        return await instances?.part(uid);
      } catch {
        await life.world.clock.sleep(RETRY_MS);
      }
    }
  }
}

const canWork = (station: Station | undefined): boolean =>
  station?.readySinceMs !== undefined && station.life?.paused === false;
