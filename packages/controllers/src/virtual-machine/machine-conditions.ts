import type { MachineCondition, Stored, VirtualMachineInstance } from '@godwit/kinds';

/** Why the machine cannot be what it should be. */
export interface Trouble {
  /** One CamelCase word, such as `FailedCreate`. */
  readonly reason: string;
  readonly message: string;
}

/** Conditions that are the machine's own; all others are the instance's, and go with it. */
const OWN = new Set(['Ready', 'Failure', 'RestartRequired']);

/** The conditions of a machine: its own, then those of its instance. Unchanged ones keep their times. */
export function machineConditions(
  before: readonly MachineCondition[],
  instance: Stored<VirtualMachineInstance> | undefined,
  facts: { readonly trouble?: Trouble; readonly restartRequired?: string; readonly now: string },
): readonly MachineCondition[] {
  const { trouble, restartRequired, now } = facts;
  const wanted: MachineCondition[] = [readyCondition(instance)];
  if (trouble) wanted.push({ type: 'Failure', status: 'True', ...trouble });
  if (restartRequired !== undefined) {
    wanted.push({ type: 'RestartRequired', status: 'True', message: restartRequired });
  }
  const inherited = (instance?.status?.conditions ?? []).filter(({ type }) => !OWN.has(type));
  return [...wanted, ...inherited].map((condition) => {
    const known = before.find(({ type }) => type === condition.type);
    const lastTransitionTime =
      known?.status === condition.status ? known.lastTransitionTime : (condition.lastTransitionTime ?? now);
    return { ...condition, lastTransitionTime: lastTransitionTime ?? now };
  });
}

function readyCondition(instance: Stored<VirtualMachineInstance> | undefined): MachineCondition {
  if (!instance) return { type: 'Ready', status: 'False', reason: 'VMINotExists', message: 'VMI does not exist' };
  const known = instance.status?.conditions?.find(({ type }) => type === 'Ready');
  if (known) return known;
  const message = 'VMI is missing the Ready condition';
  return { type: 'Ready', status: 'False', reason: 'VMIConditionMissing', message };
}
