/** What would make a machine fit: of each kind the smallest change, on the hosts that are nearest to taking it. */
import { type Reason, reasons } from '../reason.ts';
import type { Question } from '../survey/index.ts';
import { roomRemedies } from './make-room.ts';
import { helpfulMove } from './moving.ts';
import type { Obstacle } from './obstacles.ts';
import { type Step, stepOf } from './steps.ts';
import type { WaitingCircle } from './waiting-circle.ts';
import { helps } from './what-if.ts';
import { anyHost, listed } from './words.ts';

/** Hosts, and all that is in the way on each of them. */
export interface BlockedHosts {
  readonly rows: readonly number[];
  readonly obstacles: readonly Obstacle[];
  /** What was asked there, by the policy of those hosts. */
  readonly question: Question;
}

/** Most different remedies that are told. */
const MOST_REMEDIES = 4;
/** Most hosts with the same obstacles that are looked at for the one that is helped most simply. */
const MOST_LOOKED_AT = 16;

/** What is done in the same way about any host. */
const ANY_HOST: Readonly<Record<number, (host: string) => string>> = {
  [reasons.isNotReady]: (host) => `bring ${host} back`,
  [reasons.isAsleep]: (host) => `wake ${host}`,
  [reasons.isUnschedulable]: (host) => `uncordon ${host}`,
} satisfies Partial<Record<Reason, (host: string) => string>>;

/** Ways to the hosts that there are; and what could be done where there are none, such as adding another. */
interface Help {
  readonly here: readonly string[];
  readonly elsewhere: readonly string[];
}

/** First the hosts with the fewest obstacles; where nothing can be done about those, the next. */
export function remediesOf(blocked: readonly BlockedHosts[], circle: WaitingCircle): string[] {
  const elsewhere: string[] = [];
  for (const nearest of byCount(blocked)) {
    const found = alike(nearest).map((hosts) => helpFor(hosts, circle));
    const here = found.flatMap((help) => help.here);
    if (here.length > 0) return [...new Set(here)].slice(0, MOST_REMEDIES);
    elsewhere.push(...found.flatMap((help) => help.elsewhere));
  }
  return elsewhere.slice(0, 1);
}

function helpFor({ rows, obstacles, question }: BlockedHosts, circle: WaitingCircle): Help {
  const [obstacle, ...more] = obstacles as readonly [Obstacle, ...Obstacle[]];
  if (more.length === 0 && obstacle.measure) {
    return { here: [alternatives(roomRemedies(obstacle.measure, rows, question))], elsewhere: [] };
  }
  const anyOf = more.length === 0 ? ANY_HOST[obstacle.reason] : undefined;
  if (anyOf) {
    const names = rows.map((row) => question.snapshot.hosts[row]?.name ?? '');
    return { here: [anyOf(anyHost(names))], elsewhere: [] };
  }
  const choices = rows.slice(0, MOST_LOOKED_AT).map((row) => ({
    row,
    obstacles,
    steps: obstacles.map((each) => stepOf(each, row, question, circle)),
  }));
  return helpAt(choices.toSorted((a, b) => difficultyOf(a.steps) - difficultyOf(b.steps))[0] as Choice, question);
}

/** A host, and what can be done about each thing that is in the way there. */
interface Choice {
  readonly row: number;
  readonly obstacles: readonly Obstacle[];
  readonly steps: readonly Step[];
}

/** Everything that is in the way has to go, one way or another. */
function helpAt(choice: Choice, question: Question): Help {
  const { row, steps } = choice;
  if (!steps.every(isHelpful) || isTangled(choice, question)) return NOTHING;
  const all = (which: 'there' | 'ask') =>
    steps.every((step) => step[which] !== undefined) ? together(steps.map((step) => step[which] ?? '')) : undefined;
  const [machine, ...others] = steps.length === 1 ? (steps[0]?.blockers ?? []) : [];
  const move = machine && others.length === 0 ? helpfulMove([{ machine, row }], question) : undefined;
  const there = move ?? all('there');
  const ask = all('ask');
  const cannot = steps.some((step) => step.there === undefined && step.trait !== undefined);
  const traits = steps.flatMap(({ trait }) => trait ?? []);

  const either = together(steps.map((step) => step.there ?? step.ask ?? step.elsewhere ?? ''));
  if (there !== undefined) return { here: [alternatives([there, ask])], elsewhere: [] };
  if (cannot) return { here: [], elsewhere: [alternatives([ask, `add a host with ${listed(traits)}`])] };
  const isHere = steps.every(({ elsewhere }) => elsewhere === undefined);
  return isHere ? { here: [either], elsewhere: [] } : { here: [], elsewhere: [either] };
}

/** Rules about neighbours. */
const ABOUT_NEIGHBOURS: readonly Reason[] = [
  reasons.hasNoFriends,
  reasons.hasFoes,
  reasons.isKeptAway,
  reasons.wouldSpreadUnevenly,
];

/** Whether what helps against one thing stands in the way of another, as with rules about neighbours it may. */
function isTangled({ row, obstacles, steps }: Choice, question: Question): boolean {
  if (steps.length === 1) return false;
  const found = obstacles.map(({ reason }) => reason);
  const isNeighbourly = found.some((reason) => ABOUT_NEIGHBOURS.includes(reason));
  if (found.includes(reasons.hasNoTopologyLabel) && isNeighbourly) return true;
  // Who is started to be near counts in its group, too.
  if (found.includes(reasons.hasNoFriends) && found.includes(reasons.wouldSpreadUnevenly)) return true;
  const gone = steps.flatMap(({ blockers = [] }) => blockers);
  const come = steps.flatMap(({ starts = [] }) => starts);
  const against = found.filter((_, index) => steps[index]?.blockers ?? steps[index]?.starts);
  return gone.length + come.length > 0 && !helps({ gone, come }, against, { row, question });
}

const NOTHING: Help = { here: [], elsewhere: [] };

function isHelpful({ there, ask, trait, elsewhere }: Step): boolean {
  return (there ?? ask ?? trait ?? elsewhere) !== undefined;
}

/** Hosts where something can be done about everything come first. */
function difficultyOf(steps: readonly Step[]): number {
  const least = steps.reduce((sum, step) => sum + effortOf(step), 0);
  if (!steps.every(isHelpful)) return Number.POSITIVE_INFINITY;
  return steps.every(({ there }) => there !== undefined) ? least : least + 1000;
}

function effortOf({ effort, blockers }: Step): number {
  return effort ?? blockers?.length ?? 1;
}

const ASK = 'ask for ';

/** `ask for 2 GiB less memory and 1 core less cpu`: what is asked for is named together. */
function together(texts: readonly string[]): string {
  const asks = texts.filter((text) => text.startsWith(ASK)).map((text) => text.slice(ASK.length));
  const others = texts.filter((text) => !text.startsWith(ASK));
  return [...others, ...(asks.length > 0 ? [`${ASK}${listed(asks)}`] : [])].join(' and ');
}

function alternatives(texts: readonly (string | undefined)[]): string {
  return texts.filter((text) => text !== undefined && text !== '').join(', or ');
}

/** Hosts by how much is in the way, the least first. */
function byCount(blocked: readonly BlockedHosts[]): readonly (readonly BlockedHosts[])[] {
  const groups = Map.groupBy(blocked, ({ obstacles }) => obstacles.length);
  return [...groups].sort(([a], [b]) => a - b).map(([, hosts]) => hosts);
}

/** Together those in whose way are things of the same kinds. Those of other policies may need other amounts. */
function alike(blocked: readonly BlockedHosts[]): readonly BlockedHosts[] {
  const kindOf = ({ obstacles, question }: BlockedHosts) =>
    [question.policy.name, ...obstacles.map(({ reason, measure }) => `${reason} ${measure?.name}`)].join();
  return [...Map.groupBy(blocked, kindOf).values()].map(([first, ...others]) => {
    const one = first as BlockedHosts;
    return others.length === 0 ? one : { ...one, rows: [first, ...others].flatMap((each) => each?.rows ?? []) };
  });
}
