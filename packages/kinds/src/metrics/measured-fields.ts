import { type Column, filled, type Static, string, time } from '../machinery/index.ts';
import { thousandths, wholeUnits } from '../quantity.ts';
import { type ResourceList, resourceList } from '../shared/index.ts';
import type { MeasuredUsage } from './host-usage.ts';

/** Verbs of what is measured when it is read. */
export const measuredVerbs = ['get', 'list'] as const;

/** Fields that every measurement has beside the amounts. */
export const windowFields = {
  timestamp: filled(time('End of the time that was measured.')),
  window: filled(string('Length of the time that was measured, such as 10s.')),
};

export const usageField = filled(resourceList('What was used: cpu in cores, memory in bytes.'));

type WindowFields = { readonly [K in keyof typeof windowFields]: Static<(typeof windowFields)[K]> };

export function windowOf({ atMs, windowMs }: Pick<MeasuredUsage, 'atMs' | 'windowMs'>): WindowFields {
  return { timestamp: `${new Date(atMs).toISOString().slice(0, 19)}Z`, window: `${Math.round(windowMs) / 1000}s` };
}

export function usageOf({ cpuCores, memoryBytes }: MeasuredUsage): ResourceList {
  return { cpu: `${Math.round(cpuCores * 1e9)}n`, memory: `${Math.ceil(memoryBytes / 1024)}Ki` };
}

/** The columns of a measurement whose amounts are the sums over `usages`. */
export function usageColumns<T extends WindowFields>(usages: (object: T) => readonly ResourceList[]): Column<T>[] {
  const total = (object: T, read: (usage: ResourceList) => number) =>
    usages(object).reduce((sum, usage) => sum + read(usage), 0);
  return [
    {
      name: 'CPU',
      type: 'string',
      description: 'Processors in use, in cores.',
      value: (object) => `${total(object, ({ cpu }) => thousandths(cpu))}m`,
    },
    {
      name: 'Memory',
      type: 'string',
      description: 'Memory in use.',
      value: (object) => `${Math.ceil(total(object, ({ memory }) => wholeUnits(memory)) / 2 ** 20)}Mi`,
    },
    { name: 'Window', type: 'string', description: 'Time that was measured.', value: ({ window }) => window },
  ];
}
