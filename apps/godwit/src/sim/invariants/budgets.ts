import { isPodReady, type Pod, type PodDisruptionBudget, type Stored, selects } from '@godwit/kinds';
import type { ObjectChange } from '../cloud/api-view.ts';
import { EVICTION_GRACE_SECONDS } from '../workload/user.ts';
import { type Invariant, type InvariantContext, nameOf, Violation } from './invariant.ts';

/** What was so a moment ago may have been judged by: writes take their time. */
const JUDGED_WITHIN_MS = 6_000;

/** No eviction takes a ready pod of which a disruption budget needs every one. */
export class Budgets implements Invariant {
  readonly name = 'budgets';
  readonly #context: InvariantContext;
  /** Key of a pod that is not ready any more, or not there → how it was, and when it ceased to be. */
  readonly #lately = new Map<string, { readonly pod: Stored<Pod>; readonly atMs: number }>();
  /** Key of a budget → when it became what it asks for now. */
  readonly #asksSinceMs = new Map<string, number>();

  constructor(context: InvariantContext) {
    this.#context = context;
    context.cloud.view.listen({ changed: (change) => this.#changed(change) });
  }

  #changed({ key, plural, before, after }: ObjectChange): void {
    if (plural === 'poddisruptionbudgets') {
      if (before?.metadata.generation !== after?.metadata.generation) this.#asksSinceMs.set(key, this.#context.nowMs());
    } else if (plural === 'pods' && before)
      this.#changedPod(key, before as Stored<Pod>, after as Stored<Pod> | undefined);
  }

  #changedPod(key: string, before: Stored<Pod>, after: Stored<Pod> | undefined): void {
    if (!isHealthy(before) || (after && isHealthy(after))) return;
    const { deletionTimestamp, deletionGracePeriodSeconds } = after?.metadata ?? {};
    if (deletionTimestamp && deletionGracePeriodSeconds === EVICTION_GRACE_SECONDS) this.#judge(before);
    else this.#lately.set(key, { pod: before, atMs: this.#context.nowMs() });
  }

  /** `pod` goes because somebody asked it to. */
  #judge(pod: Stored<Pod>): void {
    const { cloud, nowMs, report } = this.#context;
    for (const [key, { atMs }] of this.#lately) if (atMs < nowMs() - JUDGED_WITHIN_MS) this.#lately.delete(key);
    const lately = [...this.#lately.values()].map((one) => one.pod);
    const healthy = [...[...cloud.view.all<Pod>('pods')].filter(isHealthy), ...lately];
    for (const budget of cloud.view.all<PodDisruptionBudget>('poddisruptionbudgets')) {
      const { namespace = '', name } = budget.metadata;
      const { selector, minAvailable } = budget.spec ?? {};
      const covers = ({ metadata }: Stored<Pod>) =>
        metadata.namespace === namespace && selects(selector, metadata.labels);
      const sinceMs = this.#asksSinceMs.get(`/policy/poddisruptionbudgets/${namespace}/${name}`) ?? 0;
      if (!covers(pod) || typeof minAvailable !== 'number' || sinceMs > nowMs() - JUDGED_WITHIN_MS) continue;
      const left = new Set(healthy.filter(covers).map(({ metadata }) => metadata.uid));
      left.delete(pod.metadata.uid);
      if (left.size >= minAvailable) continue;
      report(
        new Violation(
          this.name,
          `${nameOf(pod)} was evicted and leaves ${left.size}; ${name} asks for ${minAvailable}`,
        ),
      );
    }
  }
}

function isHealthy(pod: Stored<Pod>): boolean {
  return isPodReady(pod) && pod.metadata.deletionTimestamp === undefined;
}
