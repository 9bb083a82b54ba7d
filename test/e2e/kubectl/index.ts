/**
 * What every kubectl is asked to do with a whole cloud, in the order in which a person would: write objects,
 * run machines from them, look at those, reach into them, take them away. Several do that side by side, each in a
 * namespace of its own.
 */

import { access } from './access.ts';
import { cordoning } from './cordoning.ts';
import { machines } from './machines.ts';
import { reading } from './reading.ts';
import { removing } from './removing.ts';
import { rollouts } from './rollouts.ts';
import type { Step } from './step.ts';
import { writing } from './writing.ts';

export type { CloudOfTest, Step } from './step.ts';

export const steps: Readonly<Record<string, Step>> = {
  ...writing,
  ...access,
  ...rollouts,
  ...machines,
  ...reading,
  ...cordoning,
  ...removing,
};

/** Whether nobody else may do anything while this is done, because it is about the host that all share. */
export const isDoneAlone = (name: string): boolean => name in cordoning;
