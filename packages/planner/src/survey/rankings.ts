import type { Amounts } from '../amounts.ts';
import { tenantOf } from '../filters/suits-tenant.ts';
import type { Policy } from '../policy.ts';
import { reasons } from '../reason.ts';
import type { MachineRequest } from '../request/machine-request.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { type Grouping, groupingOf } from './grouping.ts';
import { firstReason, prepareHostPoints, prepareHostTests, preparePlacePoints, type Question } from './question.ts';
import { Ranking } from './ranking.ts';
import { insert, scan } from './scan.ts';
import type { Candidate, Survey } from './survey.ts';

/** Up to so many hosts are simply all asked. */
const FEW_HOSTS = 64;
/** Answers of so many hosts are remembered, over all questions together: some 80 MB. */
const MOST_ANSWERS = 2 ** 23;
const MOST_RANKINGS = 512;
/** The first questions are remembered when they come a second time, later ones when they have come more often. */
const SOON_REMEMBERED = 32;
/** How many hosts per time that a question has to come until it pays to remember its answers. */
const HOSTS_PER_ASKING = 256;
/** Begins the names of rounded questions. */
const ROUNDED = '~';
/** Most questions whose askings are counted. */
const MOST_COUNTED = 2 ** 14;
/** How many hosts of a rounded ranking are looked at closely, and how many must do. */
const CLOSE_LOOKS = 512;
const CLOSE_ENOUGH = 12;

const byHosts = new WeakMap<Snapshot, Rankings>();

/** What is remembered about a snapshot. */
export function rankingsOf(snapshot: Snapshot): Rankings {
  let rankings = byHosts.get(snapshot);
  if (!rankings) {
    rankings = new Rankings(snapshot);
    byHosts.set(snapshot, rankings);
  }
  return rankings;
}

/**
 * Rankings by question, within bounds. A question that has come before is answered from its own ranking, exactly
 * as by `scan`. One that is new, among very many hosts, is answered from the ranking of a rounded question that
 * asks for up to half as much: best first, its hosts are looked at closely until enough will do.
 */
export class Rankings {
  readonly #snapshot: Snapshot;
  readonly #rankings = new Map<string, { readonly ranking: Ranking; usedAt: number }>();
  readonly #groupings = new Map<string, Grouping>();
  readonly #asked = new Map<string, number>();
  readonly #policies = new WeakMap<Policy, number>();
  #policyCount = 0;
  #structure = -1;
  #time = 0;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  /** The best hosts for a machine; of equals the first from row `start` on. */
  survey(question: Question, start: number): Survey {
    const { rowCount, structure } = this.#snapshot;
    if (rowCount <= FEW_HOSTS) return scan(question, start);
    if (this.#structure !== structure) this.#forget(structure);
    const { request } = question;
    const exact = this.#ranking(question, this.#nameOf(question, request.amounts));
    if (exact) return exact.survey(question, start);
    const amounts = rounded(request.amounts);
    const like = { ...question, request: { ...request, amounts } };
    const near = this.#ranking(like, ROUNDED + this.#nameOf(like, amounts));
    return (near && closeLook(near, like, question, start)) ?? scan(question, start);
  }

  #forget(structure: number): void {
    this.#structure = structure;
    this.#rankings.clear();
    this.#groupings.clear();
  }

  /** The up-to-date ranking of a question; undefined as long as it does not pay to have one. */
  #ranking(question: Question, name: string): Ranking | undefined {
    let known = this.#rankings.get(name);
    if (!known) {
      if (!this.#pays(name, question)) return undefined;
      known = { ranking: new Ranking(this.#grouping(question.keys)), usedAt: 0 };
      this.#makeRoom();
      this.#rankings.set(name, known);
    }
    known.usedAt = ++this.#time;
    known.ranking.refresh(question);
    return known.ranking;
  }

  /** What is rounded and plain serves many: it pays at once. */
  #pays(name: string, { own, keys }: Question): boolean {
    const isRounded = name.startsWith(ROUNDED);
    if (isRounded && own.tests.length + own.wishes.length + keys.length === 0) return true;
    const asked = (this.#asked.get(name) ?? 0) + 1;
    const soon = this.#rankings.size < SOON_REMEMBERED || isRounded;
    const enough = soon ? 2 : Math.max(2, this.#snapshot.rowCount / HOSTS_PER_ASKING);
    if (asked >= enough) {
      // Once forgotten, it has to earn its place again.
      this.#asked.delete(name);
      return true;
    }
    if (this.#asked.size >= MOST_COUNTED) this.#asked.clear();
    this.#asked.set(name, asked);
    return false;
  }

  #makeRoom(): void {
    const most = Math.min(MOST_RANKINGS, Math.max(8, Math.floor(MOST_ANSWERS / this.#snapshot.rowCount)));
    while (this.#rankings.size >= most) {
      let oldest: string | undefined;
      let usedAt = Number.POSITIVE_INFINITY;
      for (const [name, entry] of this.#rankings) {
        if (entry.usedAt >= usedAt) continue;
        usedAt = entry.usedAt;
        oldest = name;
      }
      this.#rankings.delete(oldest as string);
    }
  }

  #grouping(keys: readonly string[]): Grouping {
    const name = JSON.stringify(keys);
    let grouping = this.#groupings.get(name);
    if (!grouping) {
      grouping = groupingOf(this.#snapshot, keys);
      this.#groupings.set(name, grouping);
    }
    return grouping;
  }

  /** Equal for questions to which every host has the same answer. */
  #nameOf({ request, policy, own, shared, keys }: Question, amounts: Amounts): string {
    let name = `${this.#policyNumber(policy)} ${hostPartOf(request, amounts)}`;
    if (policy.isolation) name += `\n${tenantOf(request, policy.isolation)}`;
    if (this.#snapshot.knowsImages) name += `\n${request.images?.join()}`;
    for (const { id } of own.tests) name += `\n${id}`;
    for (const { id } of own.wishes) name += `\n${id}`;
    for (const { weight } of shared.wishes) name += ` ${weight}`;
    for (const key of keys) name += `\n${key}`;
    return name;
  }

  #policyNumber(policy: Policy): number {
    let number = this.#policies.get(policy);
    if (number === undefined) {
      number = this.#policyCount++;
      this.#policies.set(policy, number);
    }
    return number;
  }
}

/** All of a request that a question about a host by itself can depend on. */
function hostPartOf(request: MachineRequest, amounts: Amounts): string {
  const { architecture, nodeSelector, affinity, tolerations, ports, volumes, gpu, cores } = request;
  let text = '';
  for (const resource in amounts) text += `${resource} ${amounts[resource]},`;
  if (architecture) text += architecture;
  if (gpu) text += ` ${gpu.count}x${gpu.share}`;
  if (cores) text += ` ${cores.count}/${cores.share}${cores.strict}`;
  const more = nodeSelector || affinity?.nodeAffinity || tolerations.length + ports.length + volumes.length > 0;
  return more ? text + JSON.stringify([nodeSelector, affinity?.nodeAffinity, tolerations, ports, volumes]) : text;
}

/** What is to be had in any quantity, rounded down to a power of two; what is counted in pieces stays. */
function rounded(amounts: Amounts): Record<string, number> {
  const result = { ...amounts };
  for (const resource of ['cpu', 'memory']) {
    const amount = result[resource] ?? 0;
    if (amount > 0) result[resource] = 2 ** Math.floor(Math.log2(amount));
  }
  return result;
}

/** Looks closely at hosts that a rounded question likes; undefined when too many of them will not do. */
function closeLook(ranking: Ranking, like: Question, question: Question, start: number): Survey | undefined {
  const tests = prepareHostTests(question);
  const hostPoints = prepareHostPoints(question);
  const placePoints = preparePlacePoints(question);
  const topologies = question.keys.map((key) => question.snapshot.topology(key));
  const best: Candidate[] = [];
  let looks = 0;
  let good = 0;
  const counts = ranking.descend(like, start, ({ row }) => {
    if (firstReason(tests, row) === reasons.passes) {
      good++;
      insert(best, { row, points: hostPoints(row) + placePoints(topologies.map(({ placeOf }) => placeOf[row])) });
    }
    return good < CLOSE_ENOUGH && ++looks < CLOSE_LOOKS;
  });
  return best.length === 0 ? undefined : { best, counts, atLeast: true };
}
