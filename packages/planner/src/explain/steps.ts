/** What can be done about one obstacle on one host. */
import { matcherOfTerms } from '../filters/node-terms.ts';
import { tenancyOf, tenantOf } from '../filters/suits-tenant.ts';
import { untoleratedTaint } from '../filters/tolerates-taints.ts';
import { type Reason, reasons } from '../reason.ts';
import { type MachineRequest, portKey } from '../request/machine-request.ts';
import type { Question } from '../survey/index.ts';
import { rulesOfLabels } from './label-rules.ts';
import { freeing, less } from './make-room.ts';
import type { Measure } from './measure.ts';
import { foeStep, friendStep, keeperStep, spreadStep, topologyStep } from './neighbour-steps.ts';
import type { FoundObstacle } from './obstacles.ts';
import type { WaitingCircle } from './waiting-circle.ts';
import { rulesOfTerms, wantedHosts, wantedLabels } from './wanted-labels.ts';
import { type Change, helps } from './what-if.ts';
import type { Act, Trait, Way } from './why-refused.ts';
import { machinesNamed, nameOfTaint, portName, some } from './words.ts';

/** Alternatives; each of them does away with the obstacle. */
export interface Step {
  /** Done about the host, or about machines there. Absent where nothing helps. */
  readonly there?: Way;
  /** The machine asks for something else. */
  readonly ask?: Act;
  /** What another host must have to be without this obstacle, where that is not just any. */
  readonly trait?: Trait;
  /** Something else in the cluster, the same whichever host it is. */
  readonly elsewhere?: Act;
  /** Machines that are in the way, where that is what it is about. */
  readonly blockers?: readonly MachineRequest[];
  /** Machines that are to be started, and where. */
  readonly starts?: Change['come'];
  /** How many things have to be done; as many as there are blockers, or one, where it is absent. */
  readonly effort?: number;
}

export function stepOf(obstacle: FoundObstacle, row: number, question: Question, circle: WaitingCircle): Step {
  const { measure, reason } = obstacle;
  if (measure) return measureStep(measure, row, question);
  const step = plainStep(reason, row, question, circle);
  const { there: _, ...rest } = step;
  // Wishes may contradict each other: what must be near must not be far as well.
  const isEnough = !step.blockers || helps({ gone: step.blockers }, [reason], { row, question });
  return isEnough ? step : rest;
}

function measureStep(measure: Measure, row: number, { snapshot }: Question): Step {
  const missing = measure.needed - measure.room(row);
  const smaller = less(measure, missing);
  const isLarge = measure.whole(row) >= measure.needed;
  const host = snapshot.hosts[row]?.name ?? '';
  return {
    ...(isLarge && { there: [freeing(measure, missing, some([host]))] }),
    trait: { is: 'amount', resource: measure.resource, amount: measure.needed },
    ...(smaller && { ask: { is: 'ask', wishes: [smaller] } }),
  };
}

/** What is done in the same way about any host. */
export const SWITCHED: Readonly<Partial<Record<Reason, 'bring-back' | 'wake' | 'uncordon'>>> = {
  [reasons.isNotReady]: 'bring-back',
  [reasons.isAsleep]: 'wake',
  [reasons.isUnschedulable]: 'uncordon',
};

function plainStep(reason: Reason, row: number, question: Question, circle: WaitingCircle): Step {
  const { snapshot, request } = question;
  const switched = SWITCHED[reason];
  if (switched) return { there: [{ is: switched, host: some([snapshot.hosts[row]?.name ?? '']) }] };
  switch (reason) {
    case reasons.hasTaint:
      return taintStep(row, question);
    case reasons.selectorDoesNotMatch:
      return labelStep(row, question);
    case reasons.hasOtherArchitecture:
      return { trait: { is: 'architecture', wanted: request.architecture ?? '' } };
    case reasons.portIsTaken:
      return portStep(row, question);
    case reasons.doesNotReachVolume:
      return volumeStep(row, question);
    case reasons.hasOtherTenant:
      return tenantStep(row, question);
    case reasons.hasNoFriends:
      return friendStep(row, question, circle);
    case reasons.hasFoes:
      return foeStep(row, question);
    case reasons.isKeptAway:
      return keeperStep(row, question);
    case reasons.hasNoTopologyLabel:
      return topologyStep(row, question, circle);
    default:
      return spreadStep(row, question);
  }
}

function taintStep(row: number, { snapshot, request }: Question): Step {
  const { taints: all = [], name: host = '' } = snapshot.hosts[row] ?? {};
  const taints = all.filter((taint) => untoleratedTaint([taint], request.tolerations)).map(nameOfTaint);
  return { there: [{ is: 'remove-taints', taints, host }], ask: { is: 'tolerate', taints } };
}

function labelStep(row: number, question: Question): Step {
  const { snapshot, request } = question;
  const host = snapshot.hosts[row];
  const change = host && wantedLabels(request, host);
  const elsewhere: Step = {
    trait: { is: 'labels', anyOf: wantedHosts(request) },
    ask: { is: 'ask', wishes: [{ is: 'other-hosts' }] },
  };
  if (!change) return elsewhere;
  const labels = Object.entries(change.give).map(([key, value]) => ({ key, ...(value !== '' && { value }) }));
  return {
    there: [
      ...(labels.length > 0 ? [{ is: 'give-labels', host: host.name, labels } as const] : []),
      ...(change.take.length > 0 ? [{ is: 'take-labels', host: host.name, labels: change.take } as const] : []),
    ],
    ...elsewhere,
    effort: labels.length + change.take.length,
  };
}

function portStep(row: number, question: Question): Step {
  const { snapshot, request } = question;
  const taken = request.ports.filter((port) => snapshot.portTaken(row, portKey(port)));
  const keys = new Set(taken.map(portKey));
  const blockers = snapshot
    .machinesOn(row)
    .map((placed) => placed.request)
    .filter(({ ports }) => ports.some((port) => keys.has(portKey(port))));
  return {
    there: [{ is: 'stop', machines: machinesNamed(blockers, request), counted: [] }],
    ask: { is: 'other-ports', ports: [...new Set(taken.map(portName))] },
    blockers,
  };
}

function volumeStep(row: number, { snapshot, request }: Question): Step {
  const host = snapshot.hosts[row];
  const far = request.volumes.filter(({ hosts }) => hosts && host && !matcherOfTerms(hosts.nodeSelectorTerms)(host));
  const claims = [...new Set(far.map(({ claim }) => claim))];
  const reaches = far.map(({ hosts }) => rulesOfTerms(hosts?.nodeSelectorTerms ?? []));
  return { trait: { is: 'volume', reaches, claims }, ask: { is: 'other-volume', claims } };
}

function tenantStep(row: number, question: Question): Step {
  const { snapshot, request, policy } = question;
  const host = snapshot.hosts[row];
  const { isolation } = policy;
  const rule = isolation && tenancyOf(request, isolation);
  if (!host || !rule) return {};
  const there = snapshot.machinesOn(row).map((placed) => placed.request);
  const blockers = there.filter((machine) => rule.isStranger?.(machine) === true);
  if (rule.mayUse(host.labels)) {
    return { there: [{ is: 'move-off', machines: machinesNamed(blockers, request), host: host.name }], blockers };
  }
  const own = isolation.dedicated?.find(({ tenant }) => tenant === tenantOf(request, isolation))?.nodeSelector;
  return { trait: own ? { is: 'labels', anyOf: [rulesOfLabels(own)] } : { is: 'no-tenant' } };
}
