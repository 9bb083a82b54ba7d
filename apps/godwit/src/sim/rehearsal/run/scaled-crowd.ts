import type { ApiClient, Change } from '@godwit/client';
import { elasticPolicy, horizontalPodAutoscaler, type KubeObject, namespace as namespaceKind } from '@godwit/kinds';
import type { ActionRecord } from '@godwit/planner';
import { namespaceOf } from '../load/index.ts';
import type { PlannedGroup } from '../plan/index.ts';
import type { Crowd } from './crowd.ts';
import { newActionOf } from './known-sizes.ts';
import { type ScaleTarget, scaleTargetOf } from './scale-target.ts';

/** Who hears of what becomes of a group. */
export interface ScaleListener {
  /** There are to be so many machines from now on. */
  onSize(): void;
  /** They were scaled, and this is why. */
  onAction(group: string, action: ActionRecord): void;
}

/**
 * Machines that an autoscaler makes more and fewer: here only their target and the autoscaler are made, and what is
 * wanted is what the target asks for.
 */
export class ScaledCrowd implements Crowd {
  readonly group: PlannedGroup;
  readonly #client: ApiClient;
  readonly #listener: ScaleListener;
  readonly #namespace: string;
  readonly #target: ScaleTarget;
  #size = 0;
  #exists = false;

  constructor(group: PlannedGroup, client: ApiClient, listener: ScaleListener) {
    this.group = group;
    this.#client = client;
    this.#listener = listener;
    this.#namespace = namespaceOf(group.name);
    this.#target = scaleTargetOf(group, this.#namespace);
    this.#target.follow(client, (change) => this.#see(change));
  }

  get size(): number {
    return this.#size;
  }

  order(): void {
    // Their number is nobody's to order: scenarios that try are refused.
  }

  async follow(): Promise<void> {
    if (this.#exists) return;
    this.#exists = true;
    await this.#client.resource(namespaceKind).create({ metadata: { name: this.#namespace } });
    await this.#target.make(this.#client);
    await this.#makeScaler();
  }

  async #makeScaler(): Promise<void> {
    const { name, scaling } = this.group;
    const { elastic, horizontal } = scaling?.scaler ?? {};
    const { reference } = this.#target;
    const metadata = { namespace: this.#namespace, name };
    if (elastic) {
      await this.#client.resource(elasticPolicy).create({ metadata, spec: { ...elastic, targetRef: reference } });
    }
    if (horizontal) {
      const spec = { ...horizontal, scaleTargetRef: reference };
      await this.#client.resource(horizontalPodAutoscaler).create({ metadata, spec });
    }
  }

  #see({ before, after }: Change<KubeObject>): void {
    const size = after ? (replicasOf(after) ?? 1) : 0;
    if (size !== this.#size) {
      this.#size = size;
      this.#listener.onSize();
    }
    const action = newActionOf(before, after);
    if (action) this.#listener.onAction(this.group.name, action);
  }
}

/** One machine has no number. */
const replicasOf = (target: KubeObject & { readonly spec?: { readonly replicas?: number } }) => target.spec?.replicas;
