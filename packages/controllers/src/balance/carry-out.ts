import { counted, describeError } from '@godwit/base';
import type { ApiClient, EventRecorder } from '@godwit/client';
import { type BalancePolicy, node, type Sleep, type Stored, withSleep } from '@godwit/kinds';
import {
  type Action,
  type ActionRecord,
  type BalancePlan,
  decisionAnnotation,
  keepRecord,
  type PowerPlan,
  type Situation,
  type WhyDone,
  whyInEnglish,
} from '@godwit/planner';
import { isInstance, type Machine } from '../scheduler/schedulable-machine.ts';
import type { BalanceDrivers, PowerDriver } from './drivers.ts';
import type { Shelf } from './kept/shelf.ts';
import { idOf } from './machine.ts';
import { momentOf } from './moment.ts';
import type { PolicyMemory } from './policy-memory.ts';
import type { SizeAdvice } from './policy-status.ts';
import { COMPONENT, switchesInWords } from './words.ts';

/** What became of a part of a plan. */
export interface CarriedOut {
  readonly done: boolean;
  /** What came in the way, for people. */
  readonly hindrance?: string;
}

const NOT: CarriedOut = { done: false };

/** Carries plans out with the drivers that there are, and tells it in events on the policy. One failure stops nothing else. */
export class Hands {
  readonly #client: ApiClient;
  readonly #drivers: BalanceDrivers;
  readonly #events: EventRecorder;

  constructor(client: ApiClient, drivers: BalanceDrivers, events: EventRecorder) {
    this.#client = client;
    this.#drivers = drivers;
    this.#events = events;
  }

  async move(
    policy: Stored<BalancePolicy>,
    { hosts, machines: loads, nowMs }: Situation,
    { moves }: BalancePlan,
    machines: readonly Machine[],
    memory: PolicyMemory,
    shelf: Shelf,
  ): Promise<CarriedOut> {
    if (moves.length === 0) return NOT;
    const { mover } = this.#drivers;
    if (memory.settings.mode !== 'automatic') return this.#propose(policy, counted(moves.length, 'move'));
    if (!mover) return { done: false, hindrance: 'there is nothing here that can move machines' };
    // What goes to a host that sleeps goes when that is awake.
    const now = moves.filter(({ to }) => hosts[to]?.power === 'on');
    const kindOf = (machine: number) => (isInstance(machines[machine] as Machine) ? 'carried' : 'evicted');
    const evictions = now.filter(({ machine }) => kindOf(machine) === 'evicted').length;
    try {
      if (evictions > 0) await shelf.announce(policy, evictions, momentOf(this.#client.world.clock));
    } catch (error) {
      return { done: false, hindrance: describeError(error) };
    }
    return this.#each(policy, 'MoveFailed', now, async ({ machine, from, to, why }) => {
      const one = machines[machine] as Machine;
      const host = hosts[to]?.name ?? '';
      const load = Math.round(loads[machine]?.cpu.mean ?? 0);
      const known = { cpu: load, from: hosts[from]?.name ?? '' };
      await mover.move(one, host, this.#record(policy, { do: 'move', to: host }, { is: why }, known));
      memory.moved(idOf(one), nowMs, kindOf(machine));
      this.#events.normal(policy, 'Moved', `${idOf(one)} goes to ${host}: ${whyInEnglish({ is: why })}`);
    });
  }

  async switchHosts(
    policy: Stored<BalancePolicy>,
    { hosts, nowMs }: Situation,
    { wake, sleep }: PowerPlan,
    memory: PolicyMemory,
  ): Promise<CarriedOut> {
    if (wake.length + sleep.length === 0) return NOT;
    const { power } = this.#drivers;
    if (memory.settings.powerMode !== 'automatic') {
      return this.#propose(policy, switchesInWords(sleep.length, wake.length));
    }
    if (!power) return { done: false, hindrance: 'there is nothing here that can switch hosts' };
    const woken = await this.#each(policy, 'WakeFailed', wake, async ({ host, why }) => {
      const name = hosts[host]?.name ?? '';
      await this.#note(name, this.#record(policy, { do: 'power', to: 'on' }, { is: why }), 'waking');
      try {
        await power.wake(name);
      } catch (error) {
        memory.couldNotWake(name, nowMs);
        await this.#mark(name, 'asleep');
        throw error;
      }
      memory.wakingMs.set(name, nowMs);
      this.#events.normal(policy, 'HostWoken', `${name} is switched on: ${whyInEnglish({ is: why })}`);
    });
    const slept = await this.#each(policy, 'SleepFailed', sleep, async ({ host, why }) => {
      const name = hosts[host]?.name ?? '';
      await this.#note(name, this.#record(policy, { do: 'power', to: 'off' }, { is: why }), 'asleep');
      await this.#switchOff(name, power);
      this.#events.normal(policy, 'HostSleeps', `${name} is switched off: ${whyInEnglish({ is: why })}`);
    });
    const hindrance = woken.hindrance ?? slept.hindrance;
    return { done: woken.done || slept.done, ...(hindrance !== undefined && { hindrance }) };
  }

  /** Hosts that are told to sleep and do not: who told them did not live to see it done. */
  async finishSleep(policy: Stored<BalancePolicy>, hosts: readonly string[]): Promise<void> {
    const { power } = this.#drivers;
    if (power) await this.#each(policy, 'SleepFailed', hosts, (name) => this.#switchOff(name, power));
  }

  /** Wakes a host that sleeps although no policy says so any more. */
  async release(name: string, power: PowerDriver): Promise<void> {
    const at = Math.floor(this.#client.world.clock.now() / 1000);
    const why = { is: 'released' } as const;
    const record = { v: 1, do: 'power', at, by: COMPONENT, policy: '', to: 'on', why } as const;
    await this.#note(name, record, 'waking');
    await power.wake(name);
  }

  /** One that stays on although it was told to sleep takes machines again; one that is off says so, whatever failed. */
  async #switchOff(name: string, power: PowerDriver): Promise<void> {
    try {
      await power.sleep(name);
    } catch (error) {
      if ((await power.state(name)) === 'on') await this.#mark(name, undefined);
      throw error;
    }
  }

  async resize(
    policy: Stored<BalancePolicy>,
    sizes: readonly SizeAdvice[],
    machines: readonly Machine[],
  ): Promise<CarriedOut> {
    const { resizer } = this.#drivers;
    const wrong = sizes.filter(({ recommended }) => recommended.changes.length > 0);
    if (policy.spec.rightSize?.mode !== 'automatic' || wrong.length === 0) return NOT;
    if (!resizer) return { done: false, hindrance: 'there is nothing here that can resize machines' };
    const byId = new Map(machines.map((machine) => [idOf(machine), machine]));
    return this.#each(policy, 'ResizeFailed', wrong, async ({ id, current, recommended }) => {
      const machine = byId.get(id);
      if (!machine) return;
      const size = Object.fromEntries(recommended.changes.map((resource) => [resource, recommended[resource]]));
      const record = this.#record(policy, { do: 'resize', to: size }, { is: 'measured' }, { ...current });
      if (!(await resizer.resize(machine, size, record))) return;
      this.#events.normal(policy, 'Resized', `${id} gets the size that it needs`);
    });
  }

  #record<Done extends Action>(
    { metadata }: Stored<BalancePolicy>,
    action: Done,
    why: WhyDone,
    from: NonNullable<ActionRecord['in']> = {},
  ) {
    const at = Math.floor(this.#client.world.clock.now() / 1000);
    const { name: policy, resourceVersion: rev } = metadata;
    return { v: 1, ...action, at, by: COMPONENT, policy, rev, in: from, why } as const;
  }

  /** Why a host is switched stands on its Node before it is, in the write that closes it to machines. */
  async #note(name: string, record: ActionRecord, sleep: Sleep): Promise<void> {
    await this.#client.resource(node).modify({ name }, (draft) => {
      const { metadata, spec } = draft;
      const text = keepRecord(metadata.annotations?.[decisionAnnotation], record);
      metadata.annotations = { ...metadata.annotations, [decisionAnnotation]: text };
      draft.spec = { ...spec, taints: [...withSleep(spec?.taints, sleep)] };
    });
  }

  async #mark(name: string, sleep: Sleep | undefined): Promise<void> {
    await this.#client.resource(node).modify({ name }, (draft) => {
      draft.spec = { ...draft.spec, taints: [...withSleep(draft.spec?.taints, sleep)] };
    });
  }

  #propose(policy: Stored<BalancePolicy>, what: string): CarriedOut {
    this.#events.normal(policy, 'Proposed', `${what}: see the status of the policy`);
    return NOT;
  }

  async #each<T>(
    policy: Stored<BalancePolicy>,
    reason: string,
    steps: readonly T[],
    act: (step: T) => Promise<void>,
  ): Promise<CarriedOut> {
    let done = false;
    let hindrance: string | undefined;
    for (const step of steps) {
      try {
        await act(step);
        done = true;
      } catch (error) {
        hindrance ??= describeError(error);
        this.#events.warning(policy, reason, describeError(error));
      }
    }
    return { done, ...(hindrance !== undefined && { hindrance }) };
  }
}
