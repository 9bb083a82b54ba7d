/**
 * What must hold, one file each. `acknowledged-writes`, `one-copy`, `none-forgotten`, `within-capacity`, `addresses`,
 * `budgets`, `whole-gangs` and `within-quota` at every moment; `settled` and `leaks` once faults have stopped and some time has passed.
 */
import { AcknowledgedWrites } from './acknowledged-writes.ts';
import { Addresses } from './addresses.ts';
import { Budgets } from './budgets.ts';
import type { Invariant, InvariantContext } from './invariant.ts';
import { NoneForgotten } from './none-forgotten.ts';
import { OneCopy } from './one-copy.ts';
import { WholeGangs } from './whole-gangs.ts';
import { WithinCapacity } from './within-capacity.ts';
import { WithinQuota } from './within-quota.ts';

export * from './invariant.ts';
export { leaks } from './leaks.ts';
export { unsettled } from './settled.ts';

/** Everything that must hold at every moment. */
export function makeInvariants(context: InvariantContext): readonly Invariant[] {
  return [
    new AcknowledgedWrites(context),
    new OneCopy(context),
    new NoneForgotten(context),
    new WithinCapacity(context),
    new Addresses(context),
    new Budgets(context),
    new WholeGangs(context),
    new WithinQuota(context),
  ];
}
