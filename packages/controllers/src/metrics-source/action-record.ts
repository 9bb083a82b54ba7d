import type { ApiClient } from '@godwit/client';
import type { Address, KubeObject } from '@godwit/kinds';
import { type Action, type ActionRecord, decisionAnnotation, keepRecord, type WhyScaled } from '@godwit/planner';

/** What is scaled, and what from. */
export type ScaleAction = Extract<Action, { readonly do: 'scale' | 'resize' }> & Pick<ActionRecord, 'in'>;

/** Why a target is scaled: who says so, by which policy, for what reason. */
export interface ScaleReason {
  readonly by: string;
  readonly policy: string;
  readonly why: WhyScaled;
}

/** The annotations that tell of an action, for the write that does it. */
export function annotationsOfAction(
  client: ApiClient,
  { metadata }: KubeObject,
  { by, policy, why }: ScaleReason,
  action: ScaleAction,
): Readonly<Record<string, string>> {
  const at = Math.floor(client.world.clock.now() / 1000);
  const record: ActionRecord = {
    v: 1,
    ...action,
    at,
    by,
    ...(metadata.resourceVersion !== undefined && { rev: metadata.resourceVersion }),
    policy,
    why,
  };
  return { [decisionAnnotation]: keepRecord(metadata.annotations?.[decisionAnnotation], record) };
}

/** Records an action beside what it was done to, where the action itself is a write elsewhere. */
export async function recordAction(
  client: ApiClient,
  address: Address,
  reason: ScaleReason,
  action: ScaleAction,
): Promise<void> {
  const annotations = annotationsOfAction(client, await client.door.get(address), reason, action);
  await client.door.patch(address, { type: 'merge', body: { metadata: { annotations } } });
}
