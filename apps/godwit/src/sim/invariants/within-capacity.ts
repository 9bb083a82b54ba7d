import type { KubeObject, Stored } from '@godwit/kinds';
import { type Amounts, addAmounts, hostOfNode, requestOfMachine } from '@godwit/planner';
import type { ObjectChange } from '../cloud/api-view.ts';
import { type Invariant, type InvariantContext, Violation } from './invariant.ts';

type Machine = Stored<KubeObject> & {
  readonly spec?: { readonly nodeName?: string };
  readonly status?: { readonly nodeName?: string };
};

/** A host is never given more than it has; and what really runs on it never takes more memory than there is. */
export class WithinCapacity implements Invariant {
  readonly name = 'within-capacity';
  readonly #context: InvariantContext;
  readonly #bound = new Map<string, Map<string, Machine>>();

  constructor(context: InvariantContext) {
    this.#context = context;
    context.cloud.view.listen({ changed: (change) => this.#changed(change) });
  }

  step(): void {
    const { cloud, report } = this.#context;
    for (const { host } of cloud.stations) {
      const guests = host.hypervisor.actual();
      const usedBytes = guests.reduce((sum, { view }) => sum + view.memoryBytes, 0);
      if (usedBytes > host.size.memoryBytes) {
        report(new Violation(this.name, `guests on ${host.name} have ${usedBytes} bytes of memory`));
      }
    }
  }

  #changed({ key, plural, before, after }: ObjectChange): void {
    if (plural !== 'pods' && plural !== 'virtualmachineinstances') return;
    const earlier = nodeOf(plural, before);
    const node = nodeOf(plural, after);
    if (earlier !== '' && earlier !== node) this.#bound.get(earlier)?.delete(key);
    if (node === '' || !after) return;
    const machines = this.#bound.get(node) ?? new Map<string, Machine>();
    this.#bound.set(node, machines.set(key, after));
    if (earlier === '') this.#check(node, machines);
  }

  #check(name: string, machines: ReadonlyMap<string, Machine>): void {
    const node = this.#context.cloud.view.get('nodes', `/core/nodes//${name}`);
    if (!node) return;
    const given: Record<string, number> = {};
    for (const machine of machines.values()) {
      const { amounts, finished } = requestOfMachine(machine);
      if (!finished) addAmounts(given, amounts);
    }
    const capacity: Amounts = hostOfNode(node).capacity;
    for (const [resource, amount] of Object.entries(given)) {
      const most = capacity[resource] ?? 0;
      if (amount <= most) continue;
      const message = `${name} has ${most} of ${resource} and has given out ${amount}`;
      this.#context.report(new Violation(this.name, message));
    }
  }
}

function nodeOf(plural: string, machine: Machine | undefined): string {
  return (plural === 'pods' ? machine?.spec?.nodeName : machine?.status?.nodeName) ?? '';
}
