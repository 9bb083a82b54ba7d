import { timestamp } from '@godwit/base';
import { type ApiClient, type KindCache, sameJson } from '@godwit/client';
import {
  isPodFinished,
  type Pod,
  type PodDisruptionBudget,
  pod,
  podDisruptionBudget,
  type ReplicaSet,
  replicaSet,
  selects,
} from '@godwit/kinds';
import { nameOf, namespacedName, wake } from '../framework/index.ts';
import { after, done, type Outcome, type Reconciler, type Wake } from '../reconciler.ts';
import { budgetStatus, wantedPods } from './budget-status.ts';

const BY_UID = 'uid';
/** When a pod that was told to go is looked at again. */
const DISRUPTED_AGAIN_MS = 120_000;

export class PodDisruptionBudgetReconciler implements Reconciler {
  readonly name = 'pod-disruption-budget';
  readonly wakes: readonly Wake[];
  readonly #client: ApiClient;
  readonly #budgets: KindCache<PodDisruptionBudget>;
  readonly #pods: KindCache<Pod>;
  readonly #sets: KindCache<ReplicaSet>;

  constructor(client: ApiClient) {
    this.#client = client;
    this.#budgets = client.cache(podDisruptionBudget);
    this.#pods = client.cache(pod);
    this.#sets = client.cache(replicaSet, { [BY_UID]: ({ metadata }) => (metadata.uid ? [metadata.uid] : []) });
    this.wakes = [
      wake(this.#budgets),
      wake(this.#pods, ({ metadata }) => this.#budgetsOver(metadata.namespace, metadata.labels)),
      wake(this.#sets, ({ metadata, spec }) => this.#budgetsOver(metadata.namespace, spec.template.metadata?.labels)),
    ];
  }

  async reconcile(name: string): Promise<Outcome> {
    const budget = this.#budgets.get(namespacedName(name));
    if (!budget || budget.metadata.deletionTimestamp !== undefined) return done;
    const { clock } = this.#client.world;
    const pods = [...this.#pods.values(budget.metadata.namespace)].filter(
      (item) => selects(budget.spec?.selector, item.metadata.labels) && !isPodFinished(item),
    );
    const wanted = wantedPods(budget, pods, (uid) => {
      const [set] = this.#sets.by(BY_UID, uid);
      return set?.spec.replicas;
    });
    const status = budgetStatus(budget, { pods, wanted, nowMs: clock.now(), now: timestamp(clock) });
    if (!sameJson(status, budget.status)) {
      await this.#client.resource(podDisruptionBudget).updateStatus({ ...budget, status });
    }
    return status.disruptedPods ? after(DISRUPTED_AGAIN_MS, 'pods were told to go and are still there') : done;
  }

  #budgetsOver(namespace: string | undefined, labels: Readonly<Record<string, string>> | undefined): readonly string[] {
    return [...this.#budgets.values(namespace)].filter(({ spec }) => selects(spec?.selector, labels)).map(nameOf);
  }
}
