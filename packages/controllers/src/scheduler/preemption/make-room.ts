import { describeError } from '@godwit/base';
import type { ApiClient, EventRecorder } from '@godwit/client';
import { isNotFound, pod, podDisruptionBudget, selects, virtualMachineInstance } from '@godwit/kinds';
import {
  type ActionRecord,
  type Budget,
  decisionAnnotation,
  keepRecord,
  type MachineRequest,
  type Policy,
  type Preemption,
  preempt,
} from '@godwit/planner';
import type { ClusterWatch } from '../cluster-watch.ts';
import { isInstance, type Machine } from '../schedulable-machine.ts';
import type { RoomNews } from '../why-waiting.ts';

type Annotations = Readonly<Record<string, string>>;

export interface RoomMakerOptions {
  readonly client: ApiClient;
  readonly events: EventRecorder;
  readonly watch: ClusterWatch;
  readonly policy: () => Policy;
  /** Who acts, for records. */
  readonly component: string;
}

/** Makes room for machines that fit nowhere and are more important than others. */
export class RoomMaker {
  readonly #options: RoomMakerOptions;

  constructor(options: RoomMakerOptions) {
    this.#options = options;
  }

  /**
   * Chooses a host for `machine` and keeps the room that is made there; undefined where nobody could go.
   * Synchronous: whoever is placed next sees it.
   */
  choose(machine: Machine, request: MachineRequest): Preemption | undefined {
    const { watch, policy } = this.#options;
    if (watch.held.isWaiting(request.uid) || !watch.priorities.mayPreempt(machine)) return undefined;
    // What goes for somebody else already is neither a victim nor room for this one.
    const taken: Budget = { covers: (other) => watch.held.isLeavingFor(other.uid), allowed: 0 };
    const leaving = new Set([...watch.leaving].filter((uid) => !watch.held.isLeavingFor(uid)));
    const rules = { budgets: [taken, ...this.#budgets()], leaving };
    const found = preempt(watch.snapshot, request, policy(), rules);
    // Those that leave anyway leave without being asked; the machine is looked at again when they have gone.
    if (!found || found.victims.length === 0) return undefined;
    const row = watch.snapshot.rowOf(found.host);
    const there = row === undefined ? [] : watch.snapshot.machinesOn(row).map((placed) => placed.request);
    const going = there.filter(({ uid }) => leaving.has(uid));
    watch.held.claim(request, found.host, found.victims, going);
    return found;
  }

  /** Which less important machines would have gone for `machine` if no budget kept them; undefined where there are none. */
  keptByBudgets(machine: Machine, request: MachineRequest): RoomNews | undefined {
    const { watch, policy } = this.#options;
    if (!watch.priorities.mayPreempt(machine) || this.#budgets().length === 0) return undefined;
    const taken: Budget = { covers: (other) => watch.held.isLeavingFor(other.uid), allowed: 0 };
    const found = preempt(watch.snapshot, request, policy(), { budgets: [taken], leaving: new Set() });
    if (!found || found.victims.length === 0) return undefined;
    const machines = found.victims.map((victim) => `${victim.namespace}/${victim.name}`);
    return { is: 'kept-by-budgets', host: found.host, machines };
  }

  /** Nominates the host and asks the victims to go. When one of them may not, nor need those after it. */
  async carryOut(machine: Machine, request: MachineRequest, preemption: Preemption): Promise<void> {
    const { watch, events } = this.#options;
    const { host, victims } = preemption;
    let told = 0;
    try {
      await this.#nominate(machine, host);
      for (const victim of victims) {
        await this.#end(victim, machine, preemption);
        told++;
      }
    } catch (error) {
      if (told === 0) watch.held.release(request.uid);
      else {
        watch.held.stay(request.uid, victims.slice(told));
        // Those that were told may be gone already: with what they have left it is tried again.
        watch.stir();
      }
      events.warning(machine, 'FailedPreemption', `no room was made on ${host}: ${describeError(error)}`);
    }
  }

  #budgets(): Budget[] {
    const budgets: Budget[] = [];
    const promised = this.#promised();
    for (const { metadata, spec, status } of this.#options.client.cache(podDisruptionBudget).values()) {
      const covers: Budget['covers'] = ({ namespace, labels }) =>
        namespace === metadata.namespace && selects(spec?.selector, labels);
      budgets.push({ covers, allowed: (status?.disruptionsAllowed ?? 0) - promised.filter(covers).length });
    }
    return budgets;
  }

  /** Those that are to go, and of which budgets do not know yet. */
  #promised(): readonly MachineRequest[] {
    const { snapshot, held, leaving } = this.#options.watch;
    return [...held.leaving()].flatMap((uid) => {
      const machine = leaving.has(uid) ? undefined : snapshot.machines.get(uid);
      return machine ? [machine.request] : [];
    });
  }

  /** Pods show for which node room is being made. */
  async #nominate(machine: Machine, host: string): Promise<void> {
    if (isInstance(machine)) return;
    const { namespace = '', name, uid } = machine.metadata;
    await this.#options.client.resource(pod).modify(
      { namespace, name },
      (draft) => {
        if (draft.metadata.uid !== uid || draft.spec.nodeName) return false;
        draft.status = { ...draft.status, nominatedNodeName: host };
        return true;
      },
      { subresource: 'status' },
    );
  }

  async #end(victim: MachineRequest, machine: Machine, preemption: Preemption): Promise<void> {
    const { events, watch } = this.#options;
    const object = watch.machine(victim.kind, victim.namespace, victim.name);
    if (object?.metadata.uid !== victim.uid) return;
    const subject = `${machine.metadata.namespace}/${machine.metadata.name}`;
    try {
      const annotations = this.#reason(object, victim, subject, preemption);
      if (isInstance(object)) await this.#delete(object, annotations);
      else await this.#evict(object, annotations);
    } catch (error) {
      if (isNotFound(error)) return;
      throw error;
    }
    events.normal(object, 'Preempted', `made room for ${subject} on ${preemption.host}`);
  }

  /** Through the door that keeps budgets: it judges by what is true when it is asked. */
  async #evict({ metadata: { namespace = '', name, uid } }: Machine, annotations: Annotations): Promise<void> {
    await this.#options.client.door.create(
      { group: '', version: 'v1', plural: 'pods', namespace, name, subresource: 'eviction' },
      {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name, namespace, annotations },
        deleteOptions: { preconditions: { uid } },
      },
    );
  }

  /** A deletion has no words: those of an instance are written just before. */
  async #delete({ metadata }: Machine, annotations: Annotations): Promise<void> {
    const instances = this.#options.client.resource(virtualMachineInstance);
    const { namespace = '', name, uid } = metadata;
    await instances.patch({ namespace, name }, { type: 'merge', body: { metadata: { uid, annotations } } });
    await instances.delete(metadata, { preconditions: { uid } });
  }

  #reason(object: Machine, victim: MachineRequest, subject: string, { host, next }: Preemption): Annotations {
    const { client, watch, policy, component } = this.#options;
    const record: ActionRecord = {
      v: 1,
      do: 'preempt',
      at: Math.floor(client.world.clock.now() / 1000),
      by: component,
      rev: String(watch.revision),
      policy: policy().name,
      to: subject,
      why: { is: 'less-important' },
      in: { ...victim.amounts, priority: victim.priority, host },
      no: next.map(([name, machines]) => [name, { is: 'more-would-leave', machines }]),
    };
    return { [decisionAnnotation]: keepRecord(object.metadata.annotations?.[decisionAnnotation], record) };
  }
}
