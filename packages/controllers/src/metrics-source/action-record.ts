import type { ApiClient } from '@godwit/client';
import type { Address, KubeObject } from '@godwit/kinds';
import { type ActionRecord, decisionAnnotation, keepRecord } from '@godwit/planner';

/** Why a target is scaled: who says so, by which policy, for what reason. */
export interface ScaleReason {
  readonly by: string;
  readonly policy: string;
  /** In words that follow `because`. */
  readonly why: string;
}

/** The annotations that tell of an action, for the write that does it. */
export function annotationsOfAction(
  client: ApiClient,
  { metadata }: KubeObject,
  { by, policy, why }: ScaleReason,
  action: Pick<ActionRecord, 'do' | 'to' | 'in'>,
): Readonly<Record<string, string>> {
  const at = Math.floor(client.world.clock.now() / 1000);
  const record: ActionRecord = {
    v: 1,
    at,
    by,
    ...(metadata.resourceVersion !== undefined && { rev: metadata.resourceVersion }),
    policy,
    why,
    ...action,
  };
  return { [decisionAnnotation]: keepRecord(metadata.annotations?.[decisionAnnotation], record) };
}

/** Records an action beside what it was done to, where the action itself is a write elsewhere. */
export async function recordAction(
  client: ApiClient,
  address: Address,
  reason: ScaleReason,
  action: Pick<ActionRecord, 'do' | 'to' | 'in'>,
): Promise<void> {
  const annotations = annotationsOfAction(client, await client.door.get(address), reason, action);
  await client.door.patch(address, { type: 'merge', body: { metadata: { annotations } } });
}
