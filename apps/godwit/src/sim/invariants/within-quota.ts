import { isPodFinished, type Pod, type ResourceQuota } from '@godwit/kinds';
import type { ObjectChange } from '../cloud/api-view.ts';
import { type Invariant, type InvariantContext, Violation } from './invariant.ts';

/** A namespace never has more pods than its quota allows. */
export class WithinQuota implements Invariant {
  readonly name = 'within-quota';
  readonly #context: InvariantContext;

  constructor(context: InvariantContext) {
    this.#context = context;
    context.cloud.view.listen({ changed: (change) => this.#changed(change) });
  }

  #changed({ plural, before, after }: ObjectChange): void {
    if (plural !== 'pods' || before || !after) return;
    const { view } = this.#context.cloud;
    const { namespace } = after.metadata;
    for (const { spec, metadata } of view.all<ResourceQuota>('resourcequotas')) {
      const most = Number(spec?.hard?.pods);
      if (metadata.namespace !== namespace || Number.isNaN(most)) continue;
      const pods = [...view.all<Pod>('pods')].filter(
        (pod) => pod.metadata.namespace === namespace && !isPodFinished(pod),
      );
      if (pods.length <= most) continue;
      this.#context.report(new Violation(this.name, `${namespace} may have ${most} pods and has ${pods.length}`));
    }
  }
}
