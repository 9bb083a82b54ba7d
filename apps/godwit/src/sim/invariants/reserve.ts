import {
  type BalancePolicy,
  movingTo,
  type Node,
  type Pod,
  type Stored,
  type VirtualMachineInstance,
} from '@godwit/kinds';
import { hostOfNode, isAction, knownRequest } from '@godwit/planner';
import type { ObjectChange } from '../cloud/api-view.ts';
import { newestOf } from './decisions.ts';
import { type Invariant, type InvariantContext, Violation } from './invariant.ts';
import { judgedWithinMs } from './judged-within.ts';

/** Memory of a host and of each machine that is on it or on its way to it, in bytes. */
interface Holding {
  readonly capacity: number;
  readonly machines: number[];
}

/**
 * No move and no switching off breaks the reserve of its policy: if so many hosts failed now, the others would still
 * have room for all that runs. Judged by memory alone and by what no plan can get round: by sums, and by what is
 * larger than any room that is left. What holds by this may fail by more; what fails by this cannot hold.
 */
export class ReserveHolds implements Invariant {
  readonly name = 'reserve';
  readonly #context: InvariantContext;
  /** Key → when a machine or host became what it is for this rule. */
  readonly #sinceMs = new Map<string, number>();
  /** What policies asked for before they were changed, by key. */
  readonly #asked = new Map<string, { readonly count: number; readonly untilMs: number }[]>();

  constructor(context: InvariantContext) {
    this.#context = context;
    context.cloud.view.listen({ changed: (change) => this.#changed(change) });
  }

  #changed(change: ObjectChange): void {
    const { key, plural, before, after } = change;
    if (plural === 'balancepolicies') this.#noteAsked(key, before as Stored<BalancePolicy> | undefined);
    const essence = essences[plural];
    if (!essence) return;
    if (!before || !after || essence(before) !== essence(after)) this.#sinceMs.set(key, this.#context.nowMs());
    const record = after && newestOf(before, after);
    if (!record || !isAction(record)) return;
    if ((record.do === 'power' && record.to === 'off') || record.do === 'move') this.#judge(record.policy, key);
  }

  #noteAsked(key: string, before: Stored<BalancePolicy> | undefined): void {
    if (!before) return;
    const earlier = { count: hostsOf(before), untilMs: this.#context.nowMs() };
    this.#asked.set(key, [...(this.#asked.get(key) ?? []), earlier]);
  }

  #judge(policyName: string, acted: string): void {
    const { cloud, nowMs, report } = this.#context;
    const settledMs = nowMs() - judgedWithinMs(cloud, nowMs());
    const known = (key: string) => (this.#sinceMs.get(key) ?? 0) < settledMs;
    const policyKey = `/godwit.dev/balancepolicies//${policyName}`;
    const policy = cloud.view.get('balancepolicies', policyKey) as Stored<BalancePolicy> | undefined;
    if (!policy) return;
    const lately = (this.#asked.get(policyKey) ?? []).filter(({ untilMs }) => untilMs >= settledMs);
    const count = Math.min(hostsOf(policy), ...lately.map((earlier) => earlier.count));
    if (count === 0) return;
    const hosts = new Map<string, Holding>();
    for (const node of cloud.view.all<Node>('nodes')) {
      const key = `/core/nodes//${node.metadata.name}`;
      const { name, ready, asleep, capacity } = hostOfNode(node);
      // What has just come or gone may not have been known.
      if (key !== acted && !known(key)) return;
      if (ready && !asleep) hosts.set(name, { capacity: capacity.memory ?? 0, machines: [] });
    }
    for (const [key, machine] of machinesOf(cloud.view)) {
      const { finished, amounts } = knownRequest(machine);
      if (finished || (key !== acted && !known(key))) continue;
      hosts.get(placeOf(machine))?.machines.push(amounts.memory ?? 0);
    }
    const why = cannotLose([...hosts.values()], count);
    if (why) report(new Violation(this.name, `${acted} breaks the reserve of ${policyName}: ${why}`));
  }
}

const hostsOf = ({ spec }: BalancePolicy): number => spec.reserve?.hosts ?? 1;

type Machine = Stored<Pod> | Stored<VirtualMachineInstance>;

function* machinesOf(view: InvariantContext['cloud']['view']): Generator<[string, Machine]> {
  for (const pod of view.all<Pod>('pods')) yield [`/core/pods/${pod.metadata.namespace}/${pod.metadata.name}`, pod];
  for (const one of view.all<VirtualMachineInstance>('virtualmachineinstances')) {
    yield [`/kubevirt.io/virtualmachineinstances/${one.metadata.namespace}/${one.metadata.name}`, one];
  }
}

/** Where a machine is, or will be. */
function placeOf(machine: Machine): string {
  if (machine.kind === 'Pod') return (machine as Stored<Pod>).spec.nodeName ?? '';
  const instance = machine as Stored<VirtualMachineInstance>;
  return movingTo(instance) ?? instance.status?.nodeName ?? '';
}

/** What of an object matters to the rule, by plural. */
const essences: Readonly<Record<string, (object: ObjectChange['after'] & object) => string>> = {
  pods: (object) => `${placeOf(object as Stored<Pod>)} ${knownRequest(object).finished}`,
  virtualmachineinstances: (object) =>
    `${placeOf(object as Stored<VirtualMachineInstance>)} ${knownRequest(object).finished}`,
  nodes: (object) => {
    const { ready, asleep, schedulable } = hostOfNode(object);
    return `${ready} ${asleep} ${schedulable}`;
  },
};

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);

/** Why the loss of so many hosts cannot be borne, in words; undefined where it might be. */
function cannotLose(hosts: readonly Holding[], count: number): string | undefined {
  const all = sum(hosts.map(({ machines }) => sum(machines)));
  if (all === 0) return undefined;
  if (hosts.length <= count) return `${hosts.length} hosts are on`;
  const capacities = hosts.map(({ capacity }) => capacity).toSorted((a, b) => b - a);
  const left = sum(capacities.slice(count));
  return all > left ? `${all} bytes are needed, and ${left} would be left` : undefined;
}
