/** What would make a machine fit: of each kind the smallest change, on the hosts that are nearest to taking it. */
import { type Reason, reasons } from '../reason.ts';
import type { Question } from '../survey/index.ts';
import { roomRemedies } from './make-room.ts';
import { helpfulMove } from './moving.ts';
import { countElsewhere } from './neighbour-steps.ts';
import type { FoundObstacle } from './obstacles.ts';
import { type Step, SWITCHED, stepOf } from './steps.ts';
import type { WaitingCircle } from './waiting-circle.ts';
import { helps } from './what-if.ts';
import type { Remedy, Way } from './why-refused.ts';
import { some } from './words.ts';

/** Hosts, and all that is in the way on each of them. */
export interface BlockedHosts {
  readonly rows: readonly number[];
  readonly obstacles: readonly FoundObstacle[];
  /** What was asked there, by the policy of those hosts. */
  readonly question: Question;
}

/** Most different remedies that are told. */
const MOST_REMEDIES = 4;
/** Most hosts with the same obstacles that are looked at for the one that is helped most simply. */
const MOST_LOOKED_AT = 16;

/** Ways to the hosts that there are; and what could be done where there are none, such as adding another. */
interface Help {
  readonly here: readonly Remedy[];
  readonly elsewhere: readonly Remedy[];
}

/** First the hosts with the fewest obstacles; where nothing can be done about those, the next. */
export function remediesOf(blocked: readonly BlockedHosts[], circle: WaitingCircle): readonly Remedy[] {
  const elsewhere: Remedy[] = [];
  for (const nearest of byCount(blocked)) {
    const found = alike(nearest).map((hosts) => helpFor(hosts, circle));
    const here = found.flatMap((help) => help.here);
    if (here.length > 0) return differing(here).slice(0, MOST_REMEDIES);
    elsewhere.push(...found.flatMap((help) => help.elsewhere));
  }
  return elsewhere.slice(0, 1);
}

function helpFor({ rows, obstacles, question }: BlockedHosts, circle: WaitingCircle): Help {
  const [obstacle, ...more] = obstacles as readonly [FoundObstacle, ...FoundObstacle[]];
  if (more.length === 0 && obstacle.measure) {
    return { here: [roomRemedies(obstacle.measure, rows, question)], elsewhere: [] };
  }
  const switched = more.length === 0 ? SWITCHED[obstacle.reason] : undefined;
  if (switched) {
    const names = rows.map((row) => question.snapshot.hosts[row]?.name ?? '');
    return { here: [[[{ is: switched, host: some(names) }]]], elsewhere: [] };
  }
  return helpAt(simplest(rows, obstacles, question, circle), question);
}

/** Of some of the hosts the one where the least has to be done. */
function simplest(
  rows: readonly number[],
  obstacles: readonly FoundObstacle[],
  question: Question,
  circle: WaitingCircle,
): Choice {
  let best: Choice | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const row of rows.slice(0, MOST_LOOKED_AT)) {
    const choice = { row, obstacles, steps: obstacles.map((each) => stepOf(each, row, question, circle)) };
    const difficulty = difficultyOf(choice.steps);
    if (best && difficulty >= least) continue;
    best = choice;
    least = difficulty;
    // Less than one thing about each of them cannot be.
    if (least <= obstacles.length) break;
  }
  return best as Choice;
}

/** A host, and what can be done about each thing that is in the way there. */
interface Choice {
  readonly row: number;
  readonly obstacles: readonly FoundObstacle[];
  readonly steps: readonly Step[];
}

/** Everything that is in the way has to go, one way or another. */
function helpAt(choice: Choice, question: Question): Help {
  const { row, steps } = choice;
  if (!steps.every(isHelpful) || isTangled(choice, question)) return NOTHING;
  const [machine, ...others] = steps.length === 1 ? (steps[0]?.blockers ?? []) : [];
  const move = machine && others.length === 0 ? helpfulMove([{ machine, row }], question) : undefined;
  const there = move ? [move] : allOf(steps.map((step) => step.there));
  const ask = allOf(steps.map((step) => step.ask && [step.ask]));
  const cannot = steps.some((step) => step.there === undefined && step.trait !== undefined);
  const traits = steps.flatMap(({ trait }) => trait ?? []);
  if (there) return { here: [ask ? [there, ask] : [there]], elsewhere: [] };
  if (cannot) return { here: [], elsewhere: [[...(ask ? [ask] : []), [{ is: 'add-host', traits }]]] };
  const either = together(steps.map((step) => step.there ?? [step.ask ?? step.elsewhere].filter((act) => !!act)));
  const isHere = steps.every(({ elsewhere }) => elsewhere === undefined);
  return isHere ? { here: [[either]], elsewhere: [] } : { here: [], elsewhere: [[either]] };
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
  // Who is stopped in another place leaves fewer there, and even fewer are allowed here.
  if (found.includes(reasons.wouldSpreadUnevenly) && countElsewhere(gone, row, question)) return true;
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

/** All of it, if there is something to do about everything. */
function allOf(ways: readonly (Way | undefined)[]): Way | undefined {
  const known = ways.filter((way) => way !== undefined);
  return known.length === ways.length ? together(known) : undefined;
}

/** What is asked for is named together, and last. */
function together(ways: readonly Way[]): Way {
  const acts = ways.flat();
  const wishes = acts.flatMap((act) => (act.is === 'ask' ? act.wishes : []));
  const others = acts.filter(({ is }) => is !== 'ask');
  return wishes.length === 0 ? others : [...others, { is: 'ask', wishes }];
}

function differing(remedies: readonly Remedy[]): readonly Remedy[] {
  return [...new Map(remedies.map((remedy) => [JSON.stringify(remedy), remedy])).values()];
}

/** Hosts by how much is in the way, the least first. */
function byCount(blocked: readonly BlockedHosts[]): readonly (readonly BlockedHosts[])[] {
  const groups = Map.groupBy(blocked, ({ obstacles }) => obstacles.length);
  return [...groups].sort(([a], [b]) => a - b).map(([, hosts]) => hosts);
}

/** Together those in whose way are things of the same kinds. Those of other policies may need other amounts. */
function alike(blocked: readonly BlockedHosts[]): readonly BlockedHosts[] {
  const kindOf = ({ obstacles, question }: BlockedHosts) =>
    [
      question.policy.name,
      ...obstacles.map(({ reason, measure }) => `${reason} ${measure && JSON.stringify(measure.resource)}`),
    ].join();
  return [...Map.groupBy(blocked, kindOf).values()].map(([first, ...others]) => {
    const one = first as BlockedHosts;
    return others.length === 0 ? one : { ...one, rows: [first, ...others].flatMap((each) => each?.rows ?? []) };
  });
}
