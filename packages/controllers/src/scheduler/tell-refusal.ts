import { timestamp } from '@godwit/base';
import type { ApiClient, EventRecorder } from '@godwit/client';
import { isNotFound, pod, virtualMachineInstance } from '@godwit/kinds';
import { isInstance, type Machine } from './schedulable-machine.ts';

const CONDITION = 'PodScheduled';

/**
 * Says at the machine itself why it waits: condition PodScheduled False, reason Unschedulable, and an event
 * FailedScheduling. Says nothing twice.
 */
export async function tellRefusal(
  client: ApiClient,
  events: EventRecorder,
  machine: Machine,
  message: string,
): Promise<void> {
  const known = machine.status?.conditions?.find(({ type }) => type === CONDITION);
  if (known?.status === 'False' && known.message === message) return;
  const { namespace = '', name, uid } = machine.metadata;
  const now = timestamp(client.world.clock);
  const change = (draft: {
    metadata: { uid: string };
    status?: { conditions?: { type: string; status: string; lastTransitionTime?: string }[] };
  }): boolean => {
    if (draft.metadata.uid !== uid) return false;
    const others = (draft.status?.conditions ?? []).filter(({ type }) => type !== CONDITION);
    const before = draft.status?.conditions?.find(({ type }) => type === CONDITION);
    const lastTransitionTime = before?.status === 'False' ? (before.lastTransitionTime ?? now) : now;
    const condition = { type: CONDITION, status: 'False', reason: 'Unschedulable', message, lastTransitionTime };
    draft.status = { ...draft.status, conditions: [...others, condition] };
    return true;
  };
  try {
    const options = { subresource: 'status' as const };
    if (isInstance(machine)) {
      await client.resource(virtualMachineInstance).modify({ namespace, name }, change, options);
    } else await client.resource(pod).modify({ namespace, name }, change, options);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return;
  }
  events.warning(machine, 'FailedScheduling', message);
}
