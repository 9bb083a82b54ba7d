/** All that stands between a machine and a host, each thing once. */
import { gpuShareResource } from '../amounts.ts';
import type { HostTest } from '../filters/index.ts';
import { untoleratedTaint } from '../filters/tolerates-taints.ts';
import { type Reason, reasons } from '../reason.ts';
import { isGpuResource } from '../request/common.ts';
import { portKey } from '../request/machine-request.ts';
import { prepareAllTests, type Question } from '../survey/index.ts';
import { type Measure, measureOf } from './measure.ts';
import { missingTopologyKeys } from './neighbours.ts';
import { nameOfTaint, portTaken, TOLD_BY_THEMSELVES } from './words.ts';

/** One thing in the way. */
export interface Obstacle {
  readonly reason: Reason;
  /** What `kubectl describe` says of hosts with it, after their number: `Insufficient memory`. */
  readonly words: string;
  /** Where the host has too little of something. */
  readonly measure?: Measure;
}

/** Reasons whose words depend on the host. */
const OF_ITS_OWN = maskOf(reasons.lacksDevices, reasons.portIsTaken, reasons.hasTaint, reasons.hasNoTopologyLabel);

function maskOf(...some: readonly Reason[]): number {
  return some.reduce<number>((mask, reason) => mask | (1 << reason), 0);
}

/** Finds what is in the way on each host, without stopping at the first thing. */
export class ObstacleFinder {
  readonly #question: Question;
  readonly #tests: readonly HostTest[];
  readonly #measures = new Map<string, Measure | undefined>();
  /** What was found before, by reasons and, where they depend on the host, words. */
  readonly #known = new Map<number | string, readonly Obstacle[]>();

  constructor(question: Question) {
    this.#question = question;
    this.#tests = prepareAllTests(question);
  }

  /** Empty where nothing is. The same list for hosts of which the same is said: there may be very many. */
  on(row: number): readonly Obstacle[] {
    let mask = 0;
    for (const test of this.#tests) mask |= 1 << test(row);
    mask &= ~(1 << reasons.passes);
    if ((mask & OF_ITS_OWN) === 0) return this.#known.get(mask) ?? this.#keep(mask, this.#listed(mask, row));
    const list = this.#listed(mask, row);
    const key = list.map(({ words }) => words).join();
    return this.#known.get(key) ?? this.#keep(key, list);
  }

  #keep(key: number | string, list: readonly Obstacle[]): readonly Obstacle[] {
    this.#known.set(key, list);
    return list;
  }

  #listed(mask: number, row: number): readonly Obstacle[] {
    const found = new Set(Object.values(reasons).filter((reason) => (mask & (1 << reason)) !== 0));
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

  #obstacle(reason: Reason, row: number, resource?: string): Obstacle {
    const measure = this.#measureOf(reason, resource);
    if (!measure) return { reason, words: wordsOf(reason, row, this.#question) };
    return { reason, words: measure.name === 'pods' ? 'Too many pods' : `Insufficient ${measure.name}`, measure };
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

function wordsOf(reason: Reason, row: number, { snapshot, request }: Question): string {
  switch (reason) {
    case reasons.isNotReady:
      return 'node(s) were not ready';
    case reasons.isAsleep:
      return 'node(s) were asleep';
    case reasons.isUnschedulable:
      return 'node(s) were unschedulable';
    case reasons.hasOtherTenant:
      return 'node(s) were those of other tenants';
    case reasons.portIsTaken: {
      const port = request.ports.find((candidate) => snapshot.portTaken(row, portKey(candidate)));
      return `node(s) where ${port ? portTaken(port) : 'a port is taken'}`;
    }
    case reasons.selectorDoesNotMatch:
      return "node(s) didn't match Pod's node affinity/selector";
    case reasons.hasOtherArchitecture:
      return `node(s) had another architecture than ${request.architecture}`;
    case reasons.hasTaint: {
      const taint = untoleratedTaint(snapshot.hosts[row]?.taints ?? [], request.tolerations);
      return `node(s) had untolerated taint ${taint ? nameOfTaint(taint) : ''}`;
    }
    case reasons.doesNotReachVolume:
      return 'node(s) had volume node affinity conflict';
    case reasons.hasNoFriends:
      return "node(s) didn't match pod affinity rules";
    case reasons.hasFoes:
      return "node(s) didn't match pod anti-affinity rules";
    case reasons.isKeptAway:
      return "node(s) didn't satisfy existing pods anti-affinity rules";
    case reasons.wouldSpreadUnevenly:
      return "node(s) didn't match pod topology spread constraints";
    case reasons.hasNoTopologyLabel:
      return missingLabelWords(row, { snapshot, request });
    default:
      return 'node(s) were available';
  }
}

function missingLabelWords(row: number, { snapshot, request }: Pick<Question, 'snapshot' | 'request'>): string {
  const { spread, affinity } = missingTopologyKeys(row, snapshot, request);
  const rules = spread.length > 0 ? 'pod topology spread constraints' : 'pod affinity rules';
  return `node(s) didn't match ${rules} (missing required label ${[...new Set([...spread, ...affinity])].join(', ')})`;
}
