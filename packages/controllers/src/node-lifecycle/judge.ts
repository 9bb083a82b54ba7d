import {
  type Node,
  type NodeCondition,
  type Sleep,
  sleepOf,
  type Taint,
  unreachableTaint,
  withSleep,
} from '@godwit/kinds';

/** What a node should say. Absent where it already does. */
export interface Judgement {
  readonly conditions?: readonly NodeCondition[];
  readonly taints?: readonly Taint[];
}

const REASON = 'NodeStatusUnknown';
const MESSAGE = 'the agent has stopped posting the status of the node';
const ASLEEP = 'it was switched off because nothing needs it, and is woken when something does';
/** Conditions that say nothing any more when nobody looks. */
const REPORTED = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];
const EFFECTS = ['NoSchedule', 'NoExecute'] as const;

/** @param now RFC 3339 */
export function judge(node: Node, heard: boolean, now: string): Judgement {
  const { spec, status } = node;
  const taints = spec?.taints ?? [];
  const sleep = sleepOf(node);
  if (sleep) return judgeSleeper(node, sleep, heard, now);
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

/** Who sleeps is silent and not missed; once woken and ready it is a node like others. */
function judgeSleeper({ spec, status }: Node, sleep: Sleep, heard: boolean, now: string): Judgement {
  const conditions = status?.conditions ?? [];
  const isReady = conditions.some(({ type, status: holds }) => type === 'Ready' && holds === 'True');
  if (heard) return sleep === 'waking' && isReady ? { taints: withSleep(spec?.taints, undefined) } : {};
  if (!isReady) return {};
  return { conditions: conditions.map((condition) => asleep(condition, now)) };
}

function asleep(condition: NodeCondition, now: string): NodeCondition {
  if (condition.type !== 'Ready') return condition;
  return { ...condition, status: 'False', reason: 'Asleep', message: ASLEEP, lastTransitionTime: now };
}

function unknown(condition: NodeCondition, now: string): NodeCondition {
  if (!REPORTED.includes(condition.type) || condition.status === 'Unknown') return condition;
  return { ...condition, status: 'Unknown', reason: REASON, message: MESSAGE, lastTransitionTime: now };
}
