import type { ApiClient, Change } from '@godwit/client';
import {
  deployment,
  type KindDefinition,
  type KubeObject,
  pod,
  replicaSet,
  virtualMachine,
  virtualMachineInstance,
  virtualMachineInstanceReplicaSet,
  virtualMachinePool,
} from '@godwit/kinds';
import { type ActionRecord, decisionAnnotation, isAction, parseRecords } from '@godwit/planner';
import { groupLabel } from '../measure/index.ts';
import type { ScaleListener } from './scaled-crowd.ts';

interface Wanting extends KubeObject {
  readonly spec?: { readonly replicas?: number; readonly running?: boolean; readonly runStrategy?: string };
  readonly status?: { readonly phase?: string; readonly created?: boolean };
}

/**
 * How many machines are wanted of each group of a cloud that was there already: what their owners ask for, those that nobody
 * owns themselves. Owners carry the label of their group.
 */
export class KnownSizes {
  readonly #sizes = new Map<string, number>();
  readonly #listener: ScaleListener;

  constructor(client: ApiClient, listener: ScaleListener) {
    this.#listener = listener;
    this.#follow(client, deployment);
    this.#follow(client, replicaSet);
    this.#follow(client, virtualMachinePool);
    this.#follow(client, virtualMachineInstanceReplicaSet);
    this.#follow(client, virtualMachine);
    this.#follow(client, virtualMachineInstance);
    this.#follow(client, pod);
  }

  of(group: string): number {
    return this.#sizes.get(group) ?? 0;
  }

  #follow<T extends KubeObject>(client: ApiClient, kind: KindDefinition<T>): void {
    const cache = client.cache(kind);
    for (const after of cache.values()) this.#see({ type: 'added', after });
    cache.subscribe((change) => this.#see(change as Change<KubeObject>));
  }

  #see({ before, after }: Change<KubeObject>): void {
    const { labels, ownerReferences } = (after ?? before)?.metadata ?? {};
    const group = labels?.[groupLabel];
    if (group === undefined || ownerReferences?.some(({ controller }) => controller)) return;
    const change = wantedBy(after) - wantedBy(before);
    if (change !== 0) {
      this.#sizes.set(group, this.of(group) + change);
      this.#listener.onSize();
    }
    const action = newActionOf(before, after);
    if (action) this.#listener.onAction(group, action);
  }
}

/** What was newly written down on an object of why it was scaled. */
export function newActionOf(before: KubeObject | undefined, after: KubeObject | undefined): ActionRecord | undefined {
  const [was, is] = [before, after].map((object) => object?.metadata.annotations?.[decisionAnnotation]);
  if (is === undefined || is === was) return undefined;
  const [newest] = parseRecords(is);
  return newest && isAction(newest) ? newest : undefined;
}

function wantedBy(object: KubeObject | undefined): number {
  if (!object) return 0;
  const { kind, spec = {}, status } = object as Wanting;
  switch (kind) {
    case virtualMachine.kind: {
      const strategy = spec.runStrategy ?? (spec.running === false ? 'Halted' : 'Always');
      if (strategy === 'Halted') return 0;
      return strategy === 'Manual' || strategy === 'Once' ? Number(status?.created === true) : 1;
    }
    case pod.kind:
    case virtualMachineInstance.kind:
      return status?.phase === 'Succeeded' || status?.phase === 'Failed' ? 0 : 1;
    default:
      return spec.replicas ?? 1;
  }
}
