/** What can be done about one obstacle on one host. */

import { matcherOfTerms } from '../filters/node-terms.ts';
import { tenancyOf, tenantOf } from '../filters/suits-tenant.ts';
import { untoleratedTaint } from '../filters/tolerates-taints.ts';
import { type Reason, reasons } from '../reason.ts';

import { type MachineRequest, portKey } from '../request/machine-request.ts';
import type { Question } from '../survey/index.ts';
import { freeing, less } from './make-room.ts';
import type { Measure } from './measure.ts';
import { foeStep, friendStep, keeperStep, spreadStep, topologyStep } from './neighbour-steps.ts';
import type { Obstacle } from './obstacles.ts';
import type { WaitingCircle } from './waiting-circle.ts';
import { hostsInWords, wantedHosts, wantedLabels } from './wanted-labels.ts';
import { type Change, helps } from './what-if.ts';
import { labelsNamed, listed, machinesNamed, nameOfTaint, readableAtLeast } from './words.ts';

/** Alternatives; each of them does away with the obstacle. */
export interface Step {
  /** Done about the host, or about machines there. Absent where nothing helps. */
  readonly there?: string;
  /** The machine asks for something else. */
  readonly ask?: string;
  /** What another host must have to be without this obstacle, where that is not just any: `arm64 processors`. */
  readonly trait?: string;
  /** Something else in the cluster, the same whichever host it is. */
  readonly elsewhere?: string;
  /** Machines that are in the way, where that is what it is about. */
  readonly blockers?: readonly MachineRequest[];
  /** Machines that are to be started, and where. */
  readonly starts?: Change['come'];
  /** How many things have to be done; as many as there are blockers, or one, where it is absent. */
  readonly effort?: number;
}

export function stepOf(obstacle: Obstacle, row: number, question: Question, circle: WaitingCircle): Step {
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
  return {
    ...(isLarge && { there: `${freeing(measure, missing)} ${snapshot.hosts[row]?.name}` }),
    trait: `${readableAtLeast(measure.name, measure.needed)} ${measure.name}`,
    ...(smaller !== undefined && { ask: `ask for ${smaller}` }),
  };
}

function plainStep(reason: Reason, row: number, question: Question, circle: WaitingCircle): Step {
  const { snapshot, request } = question;
  const name = snapshot.hosts[row]?.name ?? '';
  switch (reason) {
    case reasons.isNotReady:
      return { there: `bring ${name} back` };
    case reasons.isAsleep:
      return { there: `wake ${name}` };
    case reasons.isUnschedulable:
      return { there: `uncordon ${name}` };
    case reasons.hasTaint:
      return taintStep(row, question);
    case reasons.selectorDoesNotMatch:
      return labelStep(row, question);
    case reasons.hasOtherArchitecture:
      return { trait: `${request.architecture} processors` };
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
  const { taints = [], name } = snapshot.hosts[row] ?? {};
  const all = taints.filter((taint) => untoleratedTaint([taint], request.tolerations)).map(nameOfTaint);
  const what = `${all.length === 1 ? 'the taint' : 'the taints'} ${listed(all)}`;
  return { there: `remove ${what} from ${name}`, ask: `tolerate ${listed(all)}` };
}

function labelStep(row: number, question: Question): Step {
  const { snapshot, request } = question;
  const host = snapshot.hosts[row];
  const change = host && wantedLabels(request, host);
  if (!change) return { trait: wantedHosts(request), ask: 'ask for other hosts' };
  const given = Object.entries(change.give).map(([key, value]) => (value === '' ? key : `${key}=${value}`));
  const parts = [
    ...(given.length > 0 ? [`give ${host.name} ${labelsNamed(given)}`] : []),
    ...(change.take.length > 0 ? [`take ${labelsNamed(change.take)} from ${host.name}`] : []),
  ];
  return {
    there: parts.join(' and '),
    ask: 'ask for other hosts',
    trait: wantedHosts(request),
    effort: given.length + change.take.length,
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
  const ports = listed([...keys]);
  return {
    there: `stop ${machinesNamed(blockers, request)}`,
    ask: `take ${keys.size === 1 ? 'another host port than' : 'other host ports than'} ${ports}`,
    blockers,
  };
}

function volumeStep(row: number, { snapshot, request }: Question): Step {
  const host = snapshot.hosts[row];
  const far = request.volumes.filter(({ hosts }) => hosts && host && !matcherOfTerms(hosts.nodeSelectorTerms)(host));
  const where = [...new Set(far.map(({ hosts }) => hostsInWords(hosts?.nodeSelectorTerms ?? [])))];
  const claims = listed([...new Set(far.map(({ claim }) => claim))]);
  return {
    trait: `${listed(where)} (where the volume of claim ${claims} is)`,
    ask: `use another volume than that of claim ${claims}`,
  };
}

function tenantStep(row: number, question: Question): Step {
  const { snapshot, request, policy } = question;
  const host = snapshot.hosts[row];
  const { isolation } = policy;
  const rule = isolation && tenancyOf(request, isolation);
  if (!host || !rule) return {};
  const there = snapshot.machinesOn(row).map((placed) => placed.request);
  const blockers = there.filter((machine) => rule.isStranger?.(machine) === true);
  if (rule.mayUse(host.labels)) return { there: `move ${machinesNamed(blockers, request)} off ${host.name}`, blockers };
  const own = isolation.dedicated?.find(({ tenant }) => tenant === tenantOf(request, isolation))?.nodeSelector;
  const words = Object.entries(own ?? {}).map(([key, value]) => `${key}=${value}`);
  return { trait: own ? labelsNamed(words) : 'no tenant of its own' };
}
