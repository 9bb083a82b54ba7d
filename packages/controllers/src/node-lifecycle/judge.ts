import { type Node, type NodeCondition, type Taint, unreachableTaint } from '@godwit/kinds';

/** What a node should say. Absent where it already does. */
export interface Judgement {
  readonly conditions?: readonly NodeCondition[];
  readonly taints?: readonly Taint[];
}

const REASON = 'NodeStatusUnknown';
const MESSAGE = 'the agent has stopped posting the status of the node';
/** Conditions that say nothing any more when nobody looks. */
const REPORTED = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];
const EFFECTS = ['NoSchedule', 'NoExecute'] as const;

/** @param now RFC 3339 */
export function judge({ spec, status }: Node, heard: boolean, now: string): Judgement {
  const taints = spec?.taints ?? [];
  const marked = taints.filter(({ key }) => key === unreachableTaint);
  if (heard) {
    return marked.length === 0 ? {} : { taints: taints.filter(({ key }) => key !== unreachableTaint) };
  }
  const missing = EFFECTS.filter((effect) => !marked.some((taint) => taint.effect === effect));
  const conditions = status?.conditions ?? [];
  const turned = conditions.some(({ type, status: holds }) => REPORTED.includes(type) && holds !== 'Unknown');
  return {
    ...(missing.length > 0 && {
      taints: [...taints, ...missing.map((effect) => ({ key: unreachableTaint, effect, timeAdded: now }))],
    }),
    ...(turned && { conditions: conditions.map((condition) => unknown(condition, now)) }),
  };
}

function unknown(condition: NodeCondition, now: string): NodeCondition {
  if (!REPORTED.includes(condition.type) || condition.status === 'Unknown') return condition;
  return { ...condition, status: 'Unknown', reason: REASON, message: MESSAGE, lastTransitionTime: now };
}
