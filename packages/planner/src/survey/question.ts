import type { Amounts } from '../amounts.ts';
import { filters, type HostTest, type PlaceTest, placeFilters } from '../filters/index.ts';
import type { Policy } from '../policy.ts';
import { type Reason, reasons } from '../reason.ts';
import type { MachineRequest } from '../request/machine-request.ts';
import { type HostScore, hostWishes, type PlaceWish, placeWishes, scores } from '../scores/index.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** Scores are counted in whole points, so that sums are exact and equal hosts are equal. */
export const POINTS = 1_000_000;

/** What one asks of a host because of the place that it is in. */
interface PlacePart {
  readonly tests: readonly PlaceTest[];
  readonly wishes: readonly PlaceWish[];
}

/**
 * All that is asked of hosts for one machine under one policy. What depends on a place that each host has to
 * itself (its name) counts as a question about the host; what is the same for many hosts is asked once a place.
 */
export interface Question {
  readonly snapshot: Snapshot;
  readonly request: MachineRequest;
  readonly policy: Policy;
  readonly own: PlacePart;
  readonly shared: PlacePart;
  /** Topology labels of the shared part. */
  readonly keys: readonly string[];
  /** All that answers about hosts depend on beside those hosts; answers given under another stamp are void. */
  readonly stamp: string;
}

const NO_PART: PlacePart = { tests: [], wishes: [] };
const NO_KEYS: readonly string[] = [];

export function questionOf(snapshot: Snapshot, request: MachineRequest, policy: Policy): Question {
  const base = { snapshot, request, policy };
  const tests: PlaceTest[] = [];
  for (const filter of placeFilters) {
    for (const test of filter.prepare(request, snapshot)) tests.push(test);
  }
  const wishes = policy.weights.isPreferred > 0 ? placeWishes(request, snapshot) : [];
  const learned = learnedStamp(snapshot, policy);
  if (tests.length + wishes.length === 0) {
    return { ...base, own: NO_PART, shared: NO_PART, keys: NO_KEYS, stamp: learned };
  }
  const isOwn = ({ key }: { readonly key: string }) => snapshot.topology(key).isUnique;
  const own = { tests: tests.filter(isOwn), wishes: wishes.filter(isOwn) };
  const shared = {
    tests: tests.filter((test) => !isOwn(test)),
    wishes: wishes.filter((wish) => !isOwn(wish)),
  };
  const keys = [...new Set([...shared.tests, ...shared.wishes].map(({ key }) => key))];
  const stamp = [learned, ...[...own.tests, ...own.wishes].map((part) => part.stamp)].join();
  return { ...base, own, shared, keys, stamp };
}

function learnedStamp(snapshot: Snapshot, policy: Policy): string {
  return policy.weights.staysUseful > 0 ? String(snapshot.usual.epoch) : '';
}

/**
 * What a question has in common with those of machines of other sizes and with other friends and foes: it asks for no
 * processor time and no memory, and not for machines on the same host. Where GPUs are kept useful it asks for up to
 * half as much, since what fits beside them depends on it.
 */
export function commonPart(question: Question): Question {
  const { snapshot, policy, request, own } = question;
  const { cpu = 0, memory = 0, ...others } = request.amounts;
  const amounts = policy.weights.staysUseful > 0 ? { ...others, ...halved({ cpu, memory }) } : others;
  // Wishes still count in the sum of all weights, so that points stay comparable.
  const wishes = own.wishes.map((wish) => ({ ...wish, fulfils: () => 0 }));
  const stamp = learnedStamp(snapshot, policy);
  return { ...question, request: { ...request, amounts }, own: { tests: [], wishes }, stamp };
}

/** Rounded down to a power of two. */
function halved(amounts: Amounts): Record<string, number> {
  const result: Record<string, number> = {};
  for (const name in amounts) {
    const amount = amounts[name] as number;
    if (amount > 0) result[name] = 2 ** Math.floor(Math.log2(amount));
  }
  return result;
}

/** The questions about hosts by themselves, ready to be asked about every row. */
export function prepareHostTests({ snapshot, request, policy, own }: Question): readonly HostTest[] {
  const tests: HostTest[] = [];
  for (const filter of filters) {
    const test = filter.prepare(request, snapshot, policy);
    if (test) tests.push(test);
  }
  return [...tests, ...own.tests.map((test) => byRow(test, snapshot))];
}

/** Every question, about hosts and about their places, as one list. */
export function prepareAllTests(question: Question): readonly HostTest[] {
  return [...prepareHostTests(question), ...question.shared.tests.map((test) => byRow(test, question.snapshot))];
}

function byRow({ key, ask }: PlaceTest, snapshot: Snapshot): HostTest {
  const { placeOf } = snapshot.topology(key);
  return (row) => ask(placeOf[row]);
}

/** The first reason why the host of a row will not do. */
export function firstReason(tests: readonly HostTest[], row: number): Reason {
  // Walked for every host: an index is cheaper than an iterator.
  for (let i = 0; i < tests.length; i++) {
    const reason = (tests[i] as HostTest)(row);
    if (reason !== reasons.passes) return reason;
  }
  return reasons.passes;
}

/** Whether a place will do, given its name by each of the question's keys. */
export function placeReason({ shared, keys }: Question, places: readonly (string | undefined)[]): Reason {
  for (const { key, ask } of shared.tests) {
    const reason = ask(places[keys.indexOf(key)]);
    if (reason !== reasons.passes) return reason;
  }
  return reasons.passes;
}

/** The weights of all questions of degree that arise, together; and those of the machine's own wishes. */
function weigh({ snapshot, request, policy, own, shared }: Question) {
  const weights: number[] = [];
  const asked: HostScore[] = [];
  let total = 0;
  for (const question of scores) {
    const weight = policy.weights[question.weight];
    const score = weight > 0 ? question.prepare(request, snapshot) : undefined;
    if (!score) continue;
    weights.push(weight);
    asked.push(score);
    total += weight;
  }
  const hosts = policy.weights.isPreferred > 0 ? hostWishes(request, snapshot) : [];
  let wishes = 0;
  for (const { weight } of [...hosts, ...own.wishes, ...shared.wishes]) wishes += weight;
  if (wishes > 0) total += policy.weights.isPreferred;
  return { weights, asked, hosts, total, wishes };
}

/**
 * How many points a host has by itself: the weighted mean of all scores, where what the machine wishes counts
 * half when nothing of it is fulfilled, all when everything is, and nothing when it is the other way round.
 */
export function prepareHostPoints(question: Question): HostScore {
  const { weights, asked, hosts, total, wishes } = weigh(question);
  const { snapshot, policy, own } = question;
  if (total === 0) return () => 0;
  for (const { weight, key, fulfils } of own.wishes) {
    const { placeOf } = snapshot.topology(key);
    hosts.push({ weight, fulfils: (row) => fulfils(placeOf[row]) });
  }
  const preferred = policy.weights.isPreferred;
  return (row) => {
    let sum = 0;
    for (let i = 0; i < asked.length; i++) sum += (weights[i] as number) * (asked[i] as HostScore)(row);
    if (wishes > 0) {
      let fulfilled = 0;
      for (const { weight, fulfils } of hosts) fulfilled += weight * fulfils(row);
      sum += (preferred * (fulfilled / wishes + 1)) / 2;
    }
    return Math.round((POINTS * sum) / total);
  };
}

/** How many points a place adds, or takes away. */
export function preparePlacePoints(question: Question): (places: readonly (string | undefined)[]) => number {
  const { shared, keys, policy } = question;
  if (shared.wishes.length === 0) return () => 0;
  const { total, wishes } = weigh(question);
  const factor = (POINTS * policy.weights.isPreferred) / total / wishes / 2;
  return (places) => {
    let sum = 0;
    for (const { key, weight, fulfils } of shared.wishes) sum += weight * fulfils(places[keys.indexOf(key)]);
    return Math.round(factor * sum);
  };
}
