import { object, required, type Static, string, time } from '../machinery/index.ts';
import { conditionStatus } from '../shared/condition.ts';
import { kubevirt } from './component-name.ts';

const nullableTime = (description: string) => {
  const schema = time(description);
  return { ...schema, json: { ...schema.json, nullable: true } };
};

/** The condition that KubeVirt's kinds share. */
const condition = (kind: string) =>
  object(
    {
      type: required(string('What the condition is about.')),
      status: required(conditionStatus),
      reason: string('Why, in one CamelCase word, for programs.'),
      message: string('Why, in words, for people.'),
      lastProbeTime: nullableTime('When it was last looked at.'),
      lastTransitionTime: nullableTime('When the status last changed.'),
    },
    'One aspect of how the machine stands.',
    kubevirt(kind),
  );

export const virtualMachineCondition = condition('VirtualMachineCondition');
export const virtualMachineInstanceCondition = condition('VirtualMachineInstanceCondition');
export type MachineCondition = Static<typeof virtualMachineCondition>;
