/**
 * What must hold, one file each. `settled` and `leaks` once faults have stopped and some time has passed; all others at
 * every moment. Who decides something may not know yet what was so a moment ago: `judged-within` says how long that is.
 */
import { AcknowledgedWrites } from './acknowledged-writes.ts';
import { Addresses } from './addresses.ts';
import { Autoscaling } from './autoscaling.ts';
import { Budgets } from './budgets.ts';
import { Decisions } from './decisions.ts';
import type { Invariant, InvariantContext } from './invariant.ts';
import { Moves } from './moves.ts';
import { NoneForgotten } from './none-forgotten.ts';
import { OneCopy } from './one-copy.ts';
import { ReserveHolds } from './reserve.ts';
import { SleepingHosts } from './sleeping-hosts.ts';
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
    new Decisions(context),
    new Autoscaling(context),
    new ReserveHolds(context),
    new SleepingHosts(context),
    new Moves(context),
  ];
}
