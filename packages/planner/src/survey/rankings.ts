import { tenantOf } from '../filters/suits-tenant.ts';
import type { Policy } from '../policy.ts';
import type { MachineRequest } from '../request/machine-request.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { type Grouping, groupingOf } from './grouping.ts';
import { namedRows } from './named-rows.ts';
import { commonPart, type Question } from './question.ts';
import { Ranking } from './ranking.ts';
import { Remembered } from './remembered.ts';
import { scan, scanNamed } from './scan.ts';
import { Shelves } from './shelves.ts';
import type { Survey } from './survey.ts';

/** Up to so many hosts are simply all asked. */
const FEW_HOSTS = 64;
/** Where a question names no more hosts than this, they are asked and nothing is remembered. */
const FEW_NAMED = 256;
/** Answers of so many hosts are remembered, over all questions together: some 80 MB. */
const MOST_ANSWERS = 2 ** 23;
const MOST_RANKINGS = 512;
/** Hosts are sorted onto so many shelves, over all questions together: some 400 MB. */
const MOST_SORTED = 2 ** 23;
/** How many hosts per time that a question has to come until it pays to remember its answers. */
const HOSTS_PER_ASKING = 256;

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
 * What is remembered, by question, within bounds. A question that has come before is answered from its own ranking,
 * exactly as by `scan`. One that is new is answered from shelves, which it shares with questions of machines of other
 * sizes; or, where it names the few hosts that could do, by asking those.
 */
export class Rankings {
  readonly #snapshot: Snapshot;
  readonly #rankings = new Remembered<Ranking>();
  readonly #shelves = new Remembered<Shelves>();
  readonly #groupings = new Map<string, Grouping>();
  readonly #policies = new WeakMap<Policy, number>();
  #policyCount = 0;
  #structure = -1;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  /** The best hosts for a machine; of equals the first from row `start` on. */
  survey(question: Question, start: number): Survey {
    const { rowCount, structure } = this.#snapshot;
    if (rowCount <= FEW_HOSTS) return scan(question, start);
    const named = namedRows(question, FEW_NAMED);
    if (named) return scanNamed(question, named, start);
    if (this.#structure !== structure) this.#forget(structure);
    const ranking = this.#ranking(question);
    if (ranking) return ranking.survey(question, start);
    const common = commonPart(question);
    const shelves = this.#shelvesFor(common);
    return shelves ? shelves.survey(question, common, start, wishedRows(question)) : scan(question, start);
  }

  #forget(structure: number): void {
    this.#structure = structure;
    this.#rankings.clear();
    this.#shelves.clear();
    this.#groupings.clear();
  }

  #ranking(question: Question): Ranking | undefined {
    const { rowCount } = this.#snapshot;
    const enough = Math.max(2, rowCount / HOSTS_PER_ASKING);
    const most = Math.min(MOST_RANKINGS, Math.max(8, Math.floor(MOST_ANSWERS / rowCount)));
    const { ids, weights } = ownParts(question);
    const name = `${this.#nameOf(question)}\n${ids}\n${weights}`;
    return this.#rankings.get(name, enough, most, () => new Ranking(this.#grouping(question.keys)));
  }

  /** Those of plain questions serve many: they pay at once. */
  #shelvesFor(common: Question): Shelves | undefined {
    const { rowCount } = this.#snapshot;
    const most = Math.max(8, Math.floor(MOST_SORTED / rowCount));
    const { weights } = ownParts(common);
    const enough = weights === '' && common.keys.length === 0 ? 1 : 2;
    const name = `${this.#nameOf(common)}\n${weights}`;
    return this.#shelves.get(
      name,
      enough,
      Math.min(MOST_RANKINGS, most),
      () => new Shelves(this.#grouping(common.keys)),
    );
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

  /** Equal for questions to which every host by itself has the same answer, but for what is in `ownParts`. */
  #nameOf({ request, policy, keys }: Question): string {
    let name = `${this.#policyNumber(policy)} ${hostPartOf(request)}`;
    if (policy.isolation) name += `\n${tenantOf(request, policy.isolation)}`;
    if (this.#snapshot.knowsImages) name += `\n${request.images?.join()}`;
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

/** What is asked because of machines elsewhere: which questions, and what wishes weigh. */
function ownParts({ own, shared }: Question): { readonly ids: string; readonly weights: string } {
  let ids = '';
  let weights = '';
  for (const { id } of own.tests) ids += `${id}\n`;
  for (const { id } of own.wishes) ids += `${id}\n`;
  for (const { weight } of own.wishes) weights += `${weight} `;
  for (const { weight } of shared.wishes) weights += `${weight} `;
  return { ids, weights };
}

/** Most hosts that are looked at because of a wish to be on the same host as others. */
const MOST_WISHED = 256;

/** Hosts that a machine would like for the sake of the machines on them. */
function wishedRows({ snapshot, own }: Question): ReadonlySet<number> {
  const rows = new Set<number>();
  for (const { key, places, fulfils } of own.wishes) {
    const topology = snapshot.topology(key);
    for (const place of places.keys()) {
      if (rows.size >= MOST_WISHED) return rows;
      if (fulfils(place) > 0) for (const row of topology.rowsIn(place)) rows.add(row);
    }
  }
  return rows;
}

/** All of a request that a question about a host by itself can depend on. */
function hostPartOf(request: MachineRequest): string {
  const { amounts, architecture, nodeSelector, affinity, tolerations, ports, volumes, gpu, cores } = request;
  let text = '';
  for (const resource in amounts) text += `${resource} ${amounts[resource]},`;
  if (architecture) text += architecture;
  if (gpu) text += ` ${gpu.count}x${gpu.share}`;
  if (cores) text += ` ${cores.count}/${cores.share}${cores.strict}`;
  const more = nodeSelector || affinity?.nodeAffinity || tolerations.length + ports.length + volumes.length > 0;
  return more ? text + JSON.stringify([nodeSelector, affinity?.nodeAffinity, tolerations, ports, volumes]) : text;
}
