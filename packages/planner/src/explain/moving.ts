/** Who could move out of the way, and where to. The snapshot is used to try it, and is as before afterwards. */
import { reasons } from '../reason.ts';
import { withoutDevices } from '../request/common.ts';
import type { MachineRequest } from '../request/machine-request.ts';
import { prepareAllTests, type Question, questionOf, rankingsOf } from '../survey/index.ts';
import type { Act } from './why-refused.ts';
import { machineName } from './words.ts';

/** Most moves that are tried out before a refusal is told: thousands may be refused at once. */
const MOST_TRIALS = 4;

/** A machine that could be in the way on a host. */
export interface InTheWay {
  readonly machine: MachineRequest;
  /** The row where there would be room without it. */
  readonly row: number;
}

/** A machine that has somewhere else to go, and without which the one in question fits. */
export function helpfulMove(candidates: Iterable<InTheWay>, question: Question): Act | undefined {
  let trials = 0;
  for (const { machine, row } of candidates) {
    if (trials++ >= MOST_TRIALS) return undefined;
    const target = newHomeOf(machine, row, question);
    if (target !== undefined) return { is: 'move', machine: machineName(machine, question.request), to: target };
  }
  return undefined;
}

/** Where a machine could go so that the one in question has room on the host of `row`, before it as after it. */
function newHomeOf(machine: MachineRequest, row: number, { snapshot, request, policy }: Question): string | undefined {
  const home = snapshot.hostOf(machine.uid) ?? '';
  const fitsNow = () =>
    prepareAllTests(questionOf(snapshot, request, policy)).every((test) => test(row) === reasons.passes);
  snapshot.remove(machine.uid);
  try {
    if (!fitsNow()) return undefined;
    snapshot.put(withoutDevices(request), snapshot.hosts[row]?.name ?? '');
    const { best } = rankingsOf(snapshot).survey(questionOf(snapshot, withoutDevices(machine), policy), 0);
    const target = best.map((candidate) => snapshot.hosts[candidate.row]?.name).find((name) => name !== home);
    snapshot.remove(request.uid);
    if (target === undefined) return undefined;
    // It may be what the other must be near to.
    snapshot.put(withoutDevices(machine), target);
    return fitsNow() ? target : undefined;
  } finally {
    snapshot.remove(request.uid);
    snapshot.put(machine, home);
  }
}
