import { Failure } from '@godwit/base';
import { ApiClient } from '@godwit/client';
import { DoorMetrics, HorizontalPodAutoscalerReconciler } from '@godwit/controllers';
import { type HorizontalPodAutoscaler, horizontalPodAutoscaler } from '@godwit/kinds';
import { type Rehearsal, RehearsingDoor } from '../../access/rehearsing-door.ts';
import type { Target } from './target.ts';

/** What an autoscaler would do with its target now. */
export interface Advice {
  readonly autoscaler: string;
  readonly from: number;
  readonly to: number;
  /** What it says about itself: its conditions. */
  readonly says: readonly string[];
}

/**
 * Runs the autoscaler of a target once, through a door that changes nothing. What it remembers of the last minutes
 * is not known here: it decides as one that has just been started.
 */
export async function askAutoscaler(real: ApiClient, target: Target): Promise<Advice> {
  const door = new RehearsingDoor(real.door);
  const client = new ApiClient(door, real.world);
  try {
    const scaler = await autoscalerOf(real, target);
    const reconciler = new HorizontalPodAutoscalerReconciler(client, new DoorMetrics(client));
    await client.ready();
    const { namespace, name } = scaler.metadata;
    await reconciler.reconcile(`${namespace}/${name}`, new AbortController().signal);
    const { to, status } = readWrites(door.writes, target);
    const says = (status ?? scaler.status)?.conditions?.map(({ message }) => message ?? '') ?? [];
    return { autoscaler: `HorizontalPodAutoscaler ${name}`, from: target.replicas, to: to ?? target.replicas, says };
  } finally {
    client.close();
  }
}

async function autoscalerOf(client: ApiClient, { kind, address }: Target): Promise<HorizontalPodAutoscaler> {
  const { namespace = '', name } = address;
  const { items } = await client.resource(horizontalPodAutoscaler).list({ namespace });
  const found = items.find(({ spec: { scaleTargetRef: target } }) => target.kind === kind.kind && target.name === name);
  if (found) return found;
  const what = `${kind.singular}/${name}`;
  throw new Failure(
    'bad-argument',
    `nobody scales ${what}: say --replicas, or make one (kubectl autoscale ${what} --min 1 --max 5)`,
  );
}

function readWrites(writes: readonly Rehearsal[], target: Target) {
  let to: number | undefined;
  let status: HorizontalPodAutoscaler['status'];
  for (const { address, body } of writes) {
    if (address.plural === target.kind.plural)
      to = (body as { readonly spec: { readonly replicas: number } }).spec.replicas;
    else if (address.subresource === 'status') status = (body as HorizontalPodAutoscaler).status;
  }
  return { to, status };
}
