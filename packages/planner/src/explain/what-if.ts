/** Tries things out on the snapshot, which is as before afterwards. */
import { type Reason, reasons } from '../reason.ts';
import type { MachineRequest } from '../request/machine-request.ts';
import { prepareAllTests, type Question, questionOf } from '../survey/index.ts';

/** A host, and the machine that is to go there. */
export interface Attempt {
  readonly row: number;
  readonly question: Question;
}

/** Machines that come and go. */
export interface Change {
  readonly gone?: readonly MachineRequest[];
  readonly come?: readonly { readonly machine: MachineRequest; readonly row: number }[];
}

/** Whether a change does away with these reasons, and brings up no new one. */
export function helps(
  { gone = [], come = [] }: Change,
  against: readonly Reason[],
  { row, question }: Attempt,
): boolean {
  const { snapshot } = question;
  const before = reasonsAt(row, question);
  const homes = gone.map((machine) => ({ machine, home: snapshot.hostOf(machine.uid) ?? '' }));
  for (const { uid } of gone) snapshot.remove(uid);
  for (const each of come) snapshot.put(each.machine, snapshot.hosts[each.row]?.name ?? '');
  try {
    const after = reasonsAt(row, question);
    return [...after].every((reason) => before.has(reason) && !against.includes(reason));
  } finally {
    for (const { machine } of come) snapshot.remove(machine.uid);
    for (const { machine, home } of homes) snapshot.put(machine, home);
  }
}

function reasonsAt(row: number, { snapshot, request, policy }: Question): ReadonlySet<Reason> {
  const tests = prepareAllTests(questionOf(snapshot, request, policy));
  const found = new Set(tests.map((test) => test(row)));
  found.delete(reasons.passes);
  return found;
}
