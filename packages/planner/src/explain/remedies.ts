/** What would make a machine fit: of each kind the smallest change, on the hosts that are nearest to taking it. */
import { untoleratedTaint } from '../filters/tolerates-taints.ts';
import { type Reason, reasons } from '../reason.ts';
import type { Question } from '../survey/index.ts';
import { freeing, RESOURCE_OF, roomFor, roomRemedy } from './make-room.ts';
import { lackingResource, nameOfTaint } from './words.ts';

/** A host, and all that is in the way there. */
export interface Obstacles {
  readonly row: number;
  readonly reasons: readonly Reason[];
  /** What was asked there, by the policy of that host. */
  readonly question: Question;
}

/** @param nearest hosts with the fewest obstacles, all as many */
export function remediesOf(nearest: readonly Obstacles[]): string[] {
  const [first] = nearest;
  if (!first) return [];
  const { question } = first;
  if (first.reasons.length > 1)
    return [first.reasons.map((reason) => stepOf(reason, first.row, question)).join(' and ')];
  const byReason = new Map<Reason, Obstacles[]>();
  for (const obstacles of nearest) {
    for (const reason of obstacles.reasons) {
      const others = byReason.get(reason);
      if (others) others.push(obstacles);
      else byReason.set(reason, [obstacles]);
    }
  }
  return [...byReason].map(([reason, there]) => {
    const resource = RESOURCE_OF[reason];
    const [one] = there as [Obstacles];
    if (resource === undefined) return stepOf(reason, one.row, one.question);
    // Hosts of other policies may need another amount: those of the first one's are spoken of.
    const rows = there.filter((each) => each.question === one.question).map(({ row }) => row);
    return roomRemedy(resource, rows, one.question);
  });
}

/** What to do about one obstacle on one host. */
function stepOf(reason: Reason, row: number, question: Question): string {
  const { snapshot, request } = question;
  const host = snapshot.hosts[row];
  const name = host?.name ?? '';
  const resource = RESOURCE_OF[reason];
  if (resource !== undefined) {
    return `${freeing(resource, (request.amounts[resource] ?? 0) - roomFor(question, resource)(row))} ${name}`;
  }
  switch (reason) {
    case reasons.isNotReady:
      return `bring ${name} back`;
    case reasons.isAsleep:
      return `wake ${name}`;
    case reasons.isUnschedulable:
      return `uncordon ${name}`;
    case reasons.hasTaint: {
      const taint = untoleratedTaint(host?.taints ?? [], request.tolerations);
      return `tolerate the taint ${taint ? nameOfTaint(taint) : ''} of ${name}, or remove it`;
    }
    case reasons.selectorDoesNotMatch:
      return `give ${name} the labels that the machine asks for, or ask for others`;
    case reasons.hasOtherArchitecture:
      return `add a host with ${request.architecture} processors`;
    case reasons.portIsTaken:
      return `take another host port, or stop the machine on ${name} that has it`;
    case reasons.lacksDevices:
      return `free ${lackingResource(row, snapshot, request)} on ${name}, or ask for less of it`;
    case reasons.lacksGpus:
      return `free GPUs on ${name}, or ask for less of them`;
    case reasons.lacksCores:
      return `free whole cores on ${name}, or share cores with others`;
    case reasons.doesNotReachVolume:
      return `use volumes that ${name} reaches`;
    case reasons.hasOtherTenant:
      return 'add a host for this tenant, or change who may share hosts';
    case reasons.hasNoFriends:
      return `start a machine that it must be near to at ${name}, or ask for no such affinity`;
    case reasons.hasFoes:
      return `move the machine that it must be far from away from ${name}, or ask for no such anti-affinity`;
    case reasons.isKeptAway:
      return `move the machine that keeps it away from ${name}, or change what that one asks for`;
    case reasons.hasNoTopologyLabel:
      return `give ${name} the label that says which place it is`;
    default:
      return 'add a host in a place that has fewer of its group, or allow a larger maxSkew';
  }
}
