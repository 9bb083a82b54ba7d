import {
  isPodFinished,
  type KubeObject,
  type PersistentVolumeClaim,
  type Pod,
  type ResourceQuota,
  requestsOfPod,
  type Stored,
  type VirtualMachineInstance,
  wholeUnits,
} from '@godwit/kinds';
import type { ObjectChange } from '../cloud/api-view.ts';
import { type Invariant, type InvariantContext, nameOf, Violation } from './invariant.ts';

/** What one object takes of what a quota names. */
const takenBy: Readonly<Record<string, (object: KubeObject) => Readonly<Record<string, number>>>> = {
  pods: (object) => {
    const pod = object as Pod;
    if (isPodFinished(pod)) return {};
    return { pods: 1, 'requests.memory': wholeUnits(requestsOfPod(pod.spec).memory) };
  },
  virtualmachineinstances: (object) => {
    const { spec, status } = object as VirtualMachineInstance;
    const ended = status?.phase === 'Succeeded' || status?.phase === 'Failed';
    return {
      'count/virtualmachineinstances.kubevirt.io': 1,
      ...(!ended && { 'requests.memory': wholeUnits(spec.domain.memory?.guest) }),
    };
  },
  persistentvolumeclaims: (object) => {
    const { spec } = object as PersistentVolumeClaim;
    return { persistentvolumeclaims: 1, 'requests.storage': wholeUnits(spec?.resources?.requests?.storage) };
  },
};

/** A namespace never has more than its quotas allow, counted anew: pods, guests, claims, memory and storage. */
export class WithinQuota implements Invariant {
  readonly name = 'within-quota';
  readonly #context: InvariantContext;

  constructor(context: InvariantContext) {
    this.#context = context;
    context.cloud.view.listen({ changed: (change) => this.#changed(change) });
  }

  #changed({ plural, before, after }: ObjectChange): void {
    if (!takenBy[plural] || before || !after) return;
    const { namespace } = after.metadata;
    for (const quota of this.#context.cloud.view.all<ResourceQuota>('resourcequotas')) {
      if (quota.metadata.namespace === namespace) this.#judge(quota);
    }
  }

  #judge(quota: Stored<ResourceQuota>): void {
    const { cloud, report } = this.#context;
    const { namespace } = quota.metadata;
    const taken: Record<string, number> = {};
    for (const [plural, amountsOf] of Object.entries(takenBy)) {
      for (const object of cloud.view.all(plural)) {
        if (object.metadata.namespace !== namespace) continue;
        for (const [name, amount] of Object.entries(amountsOf(object))) taken[name] = (taken[name] ?? 0) + amount;
      }
    }
    for (const [name, most] of Object.entries(quota.spec?.hard ?? {})) {
      if ((taken[name] ?? 0) <= wholeUnits(most)) continue;
      report(new Violation(this.name, `${nameOf(quota)} allows ${most} of ${name}, and ${taken[name]} are taken`));
    }
  }
}
