import {
  type BalancePolicy,
  type KubeObject,
  movingTo,
  type Node,
  type Pod,
  type Stored,
  type VirtualMachineInstance,
} from '@godwit/kinds';
import { type Amounts, hostOfNode, isAction, knownRequest } from '@godwit/planner';
import type { ObjectChange } from '../cloud/api-view.ts';
import { cannotLose, type Loss, type Size } from './cannot-lose.ts';
import { newestOf } from './decisions.ts';
import { type Invariant, type InvariantContext, Violation } from './invariant.ts';
import { judgedWithinMs } from './judged-within.ts';

/**
 * No host is switched off that the reserve of its policy needs: whichever hosts failed now, as many as it names, the
 * others would have room for all that ran there. Moves are judged together as one plan, so that of a single one no
 * more is asked than that there are hosts enough.
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
    if ((record.do === 'power' && record.to === 'off') || record.do === 'move') this.#judge(record.policy, key, plural);
  }

  #noteAsked(key: string, before: Stored<BalancePolicy> | undefined): void {
    if (!before) return;
    const earlier = { count: hostsOf(before), untilMs: this.#context.nowMs() };
    this.#asked.set(key, [...(this.#asked.get(key) ?? []), earlier]);
  }

  #judge(policyName: string, acted: string, plural: string): void {
    const { cloud, nowMs, report } = this.#context;
    const settledMs = nowMs() - judgedWithinMs(cloud, nowMs());
    const known = (key: string) => (this.#sinceMs.get(key) ?? 0) < settledMs;
    const policyKey = `/godwit.dev/balancepolicies//${policyName}`;
    const policy = cloud.view.get('balancepolicies', policyKey) as Stored<BalancePolicy> | undefined;
    if (!policy) return;
    const lately = (this.#asked.get(policyKey) ?? []).filter(({ untilMs }) => untilMs >= settledMs);
    const count = Math.min(hostsOf(policy), ...lately.map((earlier) => earlier.count));
    if (count === 0) return;
    const hosts = new Map<string, Loss>();
    for (const node of cloud.view.all<Node>('nodes')) {
      const key = `/core/nodes//${node.metadata.name}`;
      const { name, ready, asleep, capacity } = hostOfNode(node);
      // What has just come or gone may not have been known.
      if (key !== acted && !known(key)) return;
      if (ready && !asleep) hosts.set(name, { name, capacity: sizeOf(capacity), staying: [], movable: [] });
    }
    for (const [key, machine] of machinesOf(cloud.view)) {
      const { finished, amounts } = knownRequest(machine);
      if (finished || (key !== acted && !known(key))) continue;
      const host = hosts.get(placeOf(machine));
      // Whoever has a volume on a host is not helped by others.
      (hasVolume(machine) ? host?.staying : host?.movable)?.push(sizeOf(amounts));
    }
    const why = cannotLose([...hosts.values()], count, plural === 'nodes');
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

const sizeOf = ({ cpu = 0, memory = 0 }: Amounts): Size => [cpu, memory];

const hasVolume = ({ spec }: Machine): boolean =>
  spec.volumes?.some((volume) => 'persistentVolumeClaim' in volume || 'dataVolume' in volume) ?? false;

function essenceOfMachine(object: KubeObject): string {
  const { finished, amounts } = knownRequest(object);
  return `${placeOf(object as Machine)} ${finished} ${sizeOf(amounts)}`;
}

/** What of an object matters to the rule, by plural. */
const essences: Readonly<Record<string, (object: KubeObject) => string>> = {
  pods: essenceOfMachine,
  virtualmachineinstances: essenceOfMachine,
  nodes: (object) => {
    const { ready, asleep, schedulable } = hostOfNode(object);
    return `${ready} ${asleep} ${schedulable}`;
  },
};
