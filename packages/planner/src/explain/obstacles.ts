/** All that stands between a machine and a host, each thing once. */
import { gpuShareResource } from '../amounts.ts';
import type { HostTest } from '../filters/index.ts';
import { untoleratedTaint } from '../filters/tolerates-taints.ts';
import { type Reason, reasons } from '../reason.ts';
import { isGpuResource } from '../request/common.ts';
import { type HostPort, portKey } from '../request/machine-request.ts';
import { prepareAllTests, type Question } from '../survey/index.ts';
import { type Measure, measureOf } from './measure.ts';
import { missingTopologyKeys } from './neighbours.ts';
import type { Lack, Obstacle } from './why-refused.ts';
import { nameOfTaint, portName, TOLD_BY_THEMSELVES } from './words.ts';

/** One thing in the way. */
export interface FoundObstacle {
  readonly reason: Reason;
  /** The same for obstacles of which the same is told. */
  readonly key: string;
  /** Where the host has too little of something. */
  readonly measure?: Measure;
  /** What is told of it, where that is not an amount. */
  readonly told?: Exclude<Obstacle, Lack>;
}

/** Reasons of which something else is told of each host. */
const OF_ITS_OWN = maskOf(reasons.lacksDevices, reasons.portIsTaken, reasons.hasTaint, reasons.hasNoTopologyLabel);

const ALL = Object.values(reasons).filter((reason) => reason !== reasons.passes);

function maskOf(...some: readonly Reason[]): number {
  return some.reduce<number>((mask, reason) => mask | (1 << reason), 0);
}

/** Finds what is in the way on each host, without stopping at the first thing. */
export class ObstacleFinder {
  readonly #question: Question;
  readonly #tests: readonly HostTest[];
  readonly #measures = new Map<string, Measure | undefined>();
  /** What was found before, by reasons and, where that depends on the host, by what is told. */
  readonly #known = new Map<number | string, readonly FoundObstacle[]>();

  constructor(question: Question) {
    this.#question = question;
    this.#tests = prepareAllTests(question);
  }

  /** Empty where nothing is. The same list for hosts of which the same is told: there may be very many. */
  on(row: number): readonly FoundObstacle[] {
    let mask = 0;
    for (const test of this.#tests) mask |= 1 << test(row);
    mask &= ~(1 << reasons.passes);
    const key = (mask & OF_ITS_OWN) === 0 ? mask : `${mask} ${this.#ownOf(mask, row)}`;
    const known = this.#known.get(key);
    if (known) return known;
    const list = this.#listed(mask, row);
    this.#known.set(key, list);
    return list;
  }

  /** What tells hosts apart in whose way are things of the same kinds. */
  #ownOf(mask: number, row: number): string {
    const { snapshot, request } = this.#question;
    const has = (reason: Reason) => (mask & (1 << reason)) !== 0;
    let own = '';
    if (has(reasons.lacksDevices)) own += `${this.#lackingDevices(row).join()}\n`;
    if (has(reasons.portIsTaken)) own += `${takenPort(row, this.#question)?.port}\n`;
    if (has(reasons.hasTaint)) {
      const taint = untoleratedTaint(snapshot.hosts[row]?.taints ?? [], request.tolerations);
      own += `${taint?.key}=${taint?.value}\n`;
    }
    if (has(reasons.hasNoTopologyLabel)) {
      const { spread, affinity } = missingTopologyKeys(row, snapshot, request);
      own += `${spread.join()}\n${affinity.join()}`;
    }
    return own;
  }

  #listed(mask: number, row: number): readonly FoundObstacle[] {
    const found = new Set(ALL.filter((reason) => (mask & (1 << reason)) !== 0));
    const lacking = found.has(reasons.lacksDevices) ? this.#lackingDevices(row) : [];
    // Told once: who has too few whole GPUs or cores has too little of what they are counted by, too.
    const devices = found.has(reasons.lacksGpus) ? lacking.filter((resource) => !isGpuResource(resource)) : lacking;
    if (found.has(reasons.lacksCores)) found.delete(reasons.lacksCpu);
    return [...found].flatMap((reason) =>
      reason === reasons.lacksDevices
        ? devices.map((resource) => this.#obstacle(reason, row, resource))
        : [this.#obstacle(reason, row)],
    );
  }

  #obstacle(reason: Reason, row: number, resource?: string): FoundObstacle {
    const measure = this.#measureOf(reason, resource);
    if (measure) return { reason, key: JSON.stringify(measure.resource), measure };
    const told = toldOf(reason, row, this.#question);
    return { reason, key: JSON.stringify(told), told };
  }

  #measureOf(reason: Reason, resource: string | undefined): Measure | undefined {
    const key = `${reason} ${resource}`;
    if (!this.#measures.has(key)) this.#measures.set(key, measureOf(reason, resource, this.#question));
    return this.#measures.get(key);
  }

  #lackingDevices(row: number): readonly string[] {
    return Object.keys(this.#question.request.amounts).filter((resource) => {
      if (TOLD_BY_THEMSELVES.has(resource) || resource === gpuShareResource) return false;
      const measure = this.#measureOf(reasons.lacksDevices, resource);
      return measure !== undefined && measure.room(row) < measure.needed;
    });
  }
}

type Told = Exclude<Obstacle, Lack>;

/** Reasons of which the same is told wherever they are found. */
const PLAIN: Readonly<Partial<Record<Reason, Told>>> = {
  [reasons.isNotReady]: { is: 'isNotReady' },
  [reasons.isAsleep]: { is: 'isAsleep' },
  [reasons.isUnschedulable]: { is: 'isUnschedulable' },
  [reasons.hasOtherTenant]: { is: 'hasOtherTenant' },
  [reasons.selectorDoesNotMatch]: { is: 'selectorDoesNotMatch' },
  [reasons.doesNotReachVolume]: { is: 'doesNotReachVolume' },
  [reasons.hasNoFriends]: { is: 'hasNoFriends' },
  [reasons.hasFoes]: { is: 'hasFoes' },
  [reasons.isKeptAway]: { is: 'isKeptAway' },
};

function takenPort(row: number, { snapshot, request }: Pick<Question, 'snapshot' | 'request'>): HostPort | undefined {
  return request.ports.find((port) => snapshot.portTaken(row, portKey(port)));
}

function toldOf(reason: Reason, row: number, { snapshot, request }: Question): Told {
  const plain = PLAIN[reason];
  if (plain) return plain;
  switch (reason) {
    case reasons.portIsTaken: {
      const port = takenPort(row, { snapshot, request });
      return { is: 'portIsTaken', port: port ? portName(port) : '' };
    }
    case reasons.hasOtherArchitecture:
      return { is: 'hasOtherArchitecture', wanted: request.architecture ?? '' };
    case reasons.hasTaint: {
      const taint = untoleratedTaint(snapshot.hosts[row]?.taints ?? [], request.tolerations);
      return { is: 'hasTaint', taint: taint ? nameOfTaint(taint) : '' };
    }
    case reasons.hasNoTopologyLabel: {
      const { spread, affinity } = missingTopologyKeys(row, snapshot, request);
      const rules = spread.length > 0 ? 'spread' : 'affinity';
      return { is: 'hasNoTopologyLabel', rules, labels: [...new Set([...spread, ...affinity])] };
    }
    default:
      return { is: 'wouldSpreadUnevenly' };
  }
}
