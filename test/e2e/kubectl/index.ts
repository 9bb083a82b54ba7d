/**
 * What every kubectl is asked to do with a whole cloud, in the order in which a person would: write objects,
 * run machines from them, look at those, reach into them, take them away.
 */

import { access } from './access.ts';
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
  ...removing,
};
