/** What can be done where the machines nearby are the wrong ones, too many, or too few. */
import type { PodAffinityTerm } from '@godwit/kinds';
import { evennessOf } from '../filters/spreads-evenly.ts';
import { reasons } from '../reason.ts';
import { type MachineRequest, plainRequest } from '../request/machine-request.ts';
import type { Question } from '../survey/index.ts';
import { type PlaceCounts, requiredAffinity, requiredAntiAffinity } from '../terms/index.ts';
import { rulesOfSelector } from './label-rules.ts';
import {
  type Crowd,
  foesNear,
  keepersNear,
  meantBy,
  missingFriends,
  missingTopologyKeys,
  type Neighbours,
} from './neighbours.ts';
import type { Step } from './steps.ts';
import type { WaitingCircle } from './waiting-circle.ts';
import { helps } from './what-if.ts';
import type { Act, CountedMachines, GivenLabel, Meant } from './why-refused.ts';
import { machineName, machinesNamed, some } from './words.ts';

/** Something that the machine must be near to is not here. */
export function friendStep(row: number, question: Question, circle: WaitingCircle): Step {
  const { snapshot, request } = question;
  const missing = missingFriends(row, snapshot, request);
  const others = missing.some(isNowhere) ? circle() : undefined;
  if (others) {
    return { elsewhere: { is: 'break-circle', others: others.map((machine) => machineName(machine, request)) } };
  }
  const torn = missing.filter(({ term }) => isFoeToo(term, question));
  if (torn.length > 0) {
    return { ask: { is: 'not-near', meant: torn.map(({ term }) => meantBy(term)), farAsWell: true } };
  }
  const meant = missing.map(({ term }) => meantBy(term));
  return { ...howToStart(missing, row, question), ask: { is: 'not-near', meant } };
}

/** Most hosts of a place that are tried: some may be kept off the very host, by the machine itself or by others. */
const MOST_TRIED = 4;

/** Starting what is missing, here or elsewhere in the same place; nothing where that would not do. */
function howToStart(missing: readonly Neighbours[], row: number, question: Question): Step {
  const { snapshot, request } = question;
  const [key = ''] = missing.map(({ term }) => term.topologyKey);
  const place = snapshot.hosts[row]?.labels[key];
  const others =
    place === undefined
      ? []
      : snapshot
          .topology(key)
          .rowsIn(place)
          .filter((other) => other !== row);
  for (const on of [row, ...others].slice(0, MOST_TRIED)) {
    const starts = missing.map(({ term }) => ({ machine: exampleOf(term, request.namespace), row: on }));
    if (!helps({ come: starts }, [reasons.hasNoFriends], { row, question })) continue;
    const machines = missing.map(({ term }) => meantBy(term));
    const isAnywhere = on === row && others.length > 0 && missing.length === 1;
    const host = snapshot.hosts[on]?.name ?? '';
    return { there: [{ is: 'start', machines, host, ...(isAnywhere && place && { orIn: place }) }], starts };
  }
  return {};
}

/** Whether the machine must be far from those that it is to be near to, by places of the same kind. */
function isFoeToo(wanted: PodAffinityTerm, { snapshot, request }: Question): boolean {
  const friend = exampleOf(wanted, request.namespace);
  return requiredAntiAffinity(request).some(
    (term) => term.topologyKey === wanted.topologyKey && snapshot.terms.of(term, request).term.matches(friend),
  );
}

/** A machine that a term means, as far as that can be said. */
function exampleOf({ labelSelector, namespaces }: PodAffinityTerm, home: string): MachineRequest {
  const chosen = (labelSelector?.matchExpressions ?? []).flatMap(({ key, operator, values }) =>
    operator === 'In' || operator === 'Exists' ? [[key, values?.[0] ?? '']] : [],
  );
  return plainRequest({
    uid: `example of ${JSON.stringify([labelSelector, namespaces])}`,
    namespace: namespaces?.[0] ?? home,
    name: 'example',
    labels: { ...Object.fromEntries(chosen), ...labelSelector?.matchLabels },
  });
}

function isNowhere({ counts }: Neighbours): boolean {
  return counts.byPlace.size === 0;
}

/** Something that the machine must be far from is here. */
export function foeStep(row: number, { snapshot, request }: Question): Step {
  const crowds = foesNear(row, snapshot, request);
  const terms = new Map(crowds.flatMap(({ term }) => (term ? [[JSON.stringify(meantBy(term)), meantBy(term)]] : [])));
  return { ...stopping(crowds, request, 'must-be-far'), ask: { is: 'not-far', meant: [...terms.values()] } };
}

/** Something here must be far from the machine. */
export function keeperStep(row: number, { snapshot, request }: Question): Step {
  return stopping(keepersNear(row, snapshot, request), request, 'keep-away');
}

function stopping(crowds: readonly Crowd[], request: MachineRequest, since: 'must-be-far' | 'keep-away'): Step {
  const known = crowds.flatMap(({ machines }) => machines ?? []);
  const blockers = [...new Map(known.map((machine) => [machine.uid, machine])).values()];
  const counted = crowds.filter(({ machines }) => machines === undefined).map(countedOf);
  const stop: Act = { is: 'stop', machines: machinesNamed(blockers, request), counted, since };
  // Where they are too many to be looked for, nobody has tried whether it would help.
  return { there: [stop], ...(counted.length === 0 && { blockers }) };
}

function countedOf({ term, count, place }: Crowd): CountedMachines {
  return { count, place, ...(term && { meant: meantBy(term) }) };
}

/** Nobody knows in which place the host is. */
export function topologyStep(row: number, question: Question, circle: WaitingCircle): Step {
  const { snapshot, request } = question;
  const { name = '' } = snapshot.hosts[row] ?? {};
  const friends = missingFriends(row, snapshot, request);
  const lonely = friends.filter(isNowhere);
  const start = lonely.length > 0 ? friendStep(row, question, circle) : undefined;
  const keys = missingTopologyKeys(row, snapshot, request);
  if (start && (start.elsewhere !== undefined || (!start.there && keys.spread.length === 0))) return start;
  const wanted = [...new Set([...keys.affinity, ...keys.spread])];
  const labels = wanted.flatMap((key) => helpfulLabel(key, row, question) ?? []);
  if (labels.length < wanted.length) return {};
  const give: Act = { is: 'give-labels', host: name, labels };
  if (!start) return { there: [give] };
  const { ask, ...others } = start;
  // Spread constraints need the label, whoever is near; and whom it must be far from may come with the friend.
  const alone = ask !== undefined && keys.spread.length === 0 ? { ask } : {};
  return requiredAntiAffinity(request).length > 0
    ? alone
    : { ...others, ...alone, there: [give, ...(start.there ?? (ask ? [ask] : []))] };
}

/** Most places that are tried as the value of a label. */
const MOST_PLACES = 32;

/** With a value only where not every value does; undefined where none would. */
function helpfulLabel(key: string, row: number, question: Question): GivenLabel | undefined {
  const places = [...question.snapshot.topology(key).places].slice(0, MOST_PLACES);
  const fine = places.filter((place) => wouldDo(place, key, row, question));
  const isFreshFine = wouldDo(undefined, key, row, question);
  if (isFreshFine && fine.length === places.length) return { key };
  const [value] = fine;
  if (value !== undefined) return { key, value };
  return isFreshFine ? { key, ownValue: true } : undefined;
}

/** Whether the host would do if it were in a place, or in one of its own, as far as rules about such places go. */
function wouldDo(place: string | undefined, key: string, row: number, { snapshot, request }: Question): boolean {
  const isThere = (counts: PlaceCounts) => place !== undefined && counts.byPlace.has(place);
  const here = snapshot.machinesOn(row).map((placed) => placed.request);
  const nearFriends = requiredAffinity(request)
    .filter(({ topologyKey }) => topologyKey === key)
    .map((term) => snapshot.terms.of(term, request))
    .every((counts) => counts.byPlace.size === 0 || isThere(counts));
  const foes = [
    ...requiredAntiAffinity(request).map((term) => snapshot.terms.of(term, request)),
    ...snapshot.terms.keepingAway(request),
  ].filter(({ term }) => term.topologyKey === key);
  const isFoeHere = (other: MachineRequest) =>
    requiredAntiAffinity(other).some(
      (term) => term.topologyKey === key && snapshot.terms.of(term, other).term.matches(request),
    );
  const isFar = !foes.some((counts) => isThere(counts) || here.some(counts.term.matches)) && !here.some(isFoeHere);
  return (
    nearFriends &&
    isFar &&
    request.spread.every((constraint) => {
      if (constraint.topologyKey !== key || constraint.whenUnsatisfiable !== 'DoNotSchedule') return true;
      const { byPlace, term, self, fewest } = evennessOf(constraint, request, snapshot);
      const own = here.filter(term.matches).length;
      const before = place === undefined ? 0 : (byPlace.get(place) ?? 0);
      const { size } = snapshot.topology(key).places;
      const isFirst = size === 0 && (constraint.minDomains ?? 1) <= 1;
      return before + own + self - (isFirst ? own : Math.min(fewest, before + own)) <= constraint.maxSkew;
    })
  );
}

const requiredSpread = ({ spread }: MachineRequest) =>
  spread.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule');

/** Whether some of these machines are counted in a group that the machine is to spread with, in another place than the host's. */
export function countElsewhere(machines: readonly MachineRequest[], row: number, question: Question): boolean {
  const { snapshot, request } = question;
  return requiredSpread(request).some((constraint) => {
    const { term } = evennessOf(constraint, request, snapshot);
    const placeOf = (at: number | undefined) => snapshot.hosts[at ?? -1]?.labels[constraint.topologyKey];
    return machines.some(
      (machine) => term.matches(machine) && placeOf(snapshot.machines.get(machine.uid)?.row) !== placeOf(row),
    );
  });
}

/** The machine would be one too many of its group in this place. */
export function spreadStep(row: number, { snapshot, request }: Question): Step {
  const labels = snapshot.hosts[row]?.labels ?? {};
  const uneven = requiredSpread(request)
    .map((constraint) => {
      const { byPlace, self, fewest } = evennessOf(constraint, request, snapshot);
      const place = labels[constraint.topologyKey] ?? '';
      return { constraint, place, skew: (byPlace.get(place) ?? 0) + self - fewest };
    })
    .filter(({ constraint, skew }) => skew > constraint.maxSkew);
  const counted = uneven.map(({ constraint: { maxSkew, labelSelector }, place, skew }) => {
    const meant: Meant = { labels: rulesOfSelector(labelSelector) };
    return { count: skew - maxSkew, meant, place };
  });
  const skews = uneven.map(({ constraint: { topologyKey }, skew }) => ({ maxSkew: skew, topologyKey }));
  // One of them may be what it must be near to.
  const isFree = requiredAffinity(request).length === 0;
  return {
    ...(isFree && { there: [{ is: 'stop', machines: some([]), counted }] }),
    ask: { is: 'allow-skew', skews },
  };
}
