import { countsOfConstraint } from './filters/spreads-evenly.ts';
import type { MachineRequest } from './request/machine-request.ts';
import type { Snapshot } from './snapshot/snapshot.ts';
import { requiredAffinity } from './terms/index.ts';

/** Whether others that come to hosts may help a machine that waits: it must be near some, or among them evenly. */
export function awaitsOthers(request: MachineRequest): boolean {
  return requiredAffinity(request).length > 0 || request.spread.some(isRequired);
}

/** Whether `arrived`, now that it has a host, is one of those that `waiting` asks for or counts. */
export function isAwaited(arrived: MachineRequest, waiting: MachineRequest, snapshot: Snapshot): boolean {
  return (
    requiredAffinity(waiting).some((term) => snapshot.terms.of(term, waiting).term.matches(arrived)) ||
    waiting.spread.some(
      (constraint) => isRequired(constraint) && countsOfConstraint(constraint, waiting, snapshot).term.matches(arrived),
    )
  );
}

const isRequired = ({ whenUnsatisfiable }: MachineRequest['spread'][number]) => whenUnsatisfiable === 'DoNotSchedule';
