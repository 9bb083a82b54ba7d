/** Why a machine has no host, and what would help, in English: what `kubectl describe` shows. */
import { counted } from '@godwit/base';
import { inWords, type WordsOf } from '../in-words.ts';
import type {
  Act,
  CountedMachines,
  GivenLabel,
  LabelRule,
  MachineName,
  Meant,
  Obstacle,
  Remedy,
  Resource,
  Some,
  Trait,
  WhyRefused,
  Wish,
} from './why-refused.ts';
import { readableAmount, readableAtLeast, unitOf } from './words.ts';

/** `0/3 nodes are available: 1 Insufficient memory (needs 4 GiB, has 2.1 GiB free), 2 node(s) …. It would fit if you …` */
export function refusalInEnglish(why: WhyRefused): string {
  const remedies = why.remedies.map(remedyInEnglish);
  const message = obstaclesInEnglish(why);
  return remedies.length === 0 ? message : `${message} It would fit if you ${remedies.join('; or if you ')}.`;
}

/** The same without what would help. */
export function obstaclesInEnglish({ hosts, obstacles }: WhyRefused): string {
  const parts = obstacles.map((each) => `${each.hosts} ${obstacleInEnglish(each.obstacle)}`).sort();
  return `0/${hosts} nodes are available${parts.length > 0 ? `: ${parts.join(', ')}` : ''}.`;
}

/** `node(s) were asleep`, `Insufficient memory (needs 4 GiB, has 2.1 GiB free)`. */
export function obstacleInEnglish(obstacle: Obstacle): string {
  return inWords(obstacle, OBSTACLES);
}

const OBSTACLES: WordsOf<Obstacle> = {
  isNotReady: () => 'node(s) were not ready',
  isAsleep: () => 'node(s) were asleep',
  isUnschedulable: () => 'node(s) were unschedulable',
  hasOtherTenant: () => 'node(s) were those of other tenants',
  selectorDoesNotMatch: () => "node(s) didn't match Pod's node affinity/selector",
  doesNotReachVolume: () => 'node(s) had volume node affinity conflict',
  hasNoFriends: () => "node(s) didn't match pod affinity rules",
  hasFoes: () => "node(s) didn't match pod anti-affinity rules",
  isKeptAway: () => "node(s) didn't satisfy existing pods anti-affinity rules",
  wouldSpreadUnevenly: () => "node(s) didn't match pod topology spread constraints",
  portIsTaken: ({ port }) => `node(s) where host port ${port} is taken`,
  gpuIsTaken: ({ device }) => `node(s) where GPU ${device} is taken`,
  hasOtherArchitecture: ({ wanted }) => `node(s) had another architecture than ${wanted}`,
  hasTaint: ({ taint }) => `node(s) had untolerated taint ${taint}`,
  hasNoTopologyLabel: ({ rules, labels }) =>
    `node(s) didn't match pod ${rules === 'spread' ? 'topology spread constraints' : 'affinity rules'} (missing required label ${labels.join(', ')})`,
  lacks: ({ resource, needed, free, atMost }) => {
    const isPods = resource.is === 'named' && resource.name === 'pods';
    const has = readableAmount(unitOf(resource), Math.max(0, free));
    const what = isPods ? 'Too many pods' : `Insufficient ${inWords(resource, RESOURCES)}`;
    const needs = readableAtLeast(unitOf(resource), needed);
    return `${what} (needs ${needs}, has ${atMost ? 'at most ' : ''}${has} free)`;
  },
};

const RESOURCES: WordsOf<Resource> = {
  named: ({ name }) => name,
  'of-one-gpu': ({ name }) => `${name} of one GPU`,
  'whole-gpus': () => 'whole GPUs',
  'whole-cores': () => 'whole cores',
  'whole-cores-of-one-node': () => 'whole cores of one NUMA node',
};

/** `free 2 GiB more memory on any of 3 hosts (a, b, c), or ask for 2 GiB less memory`. */
export function remedyInEnglish(remedy: Remedy): string {
  return remedy.map((way) => way.map((act) => inWords(act, ACTS)).join(' and ')).join(', or ');
}

const ACTS: WordsOf<Act> = {
  ask: ({ wishes }) => `ask for ${listed(wishes.map((wish) => inWords(wish, WISHES)))}`,
  'add-larger-host': () => 'add a larger host',
  'add-host': ({ traits }) => `add a host with ${listed(traits.map((trait) => inWords(trait, TRAITS)))}`,
  free: ({ resource, amount, on }) => `free ${amountOf(resource, amount, 'more')} on ${anyHost(on)}`,
  'take-off': ({ count, from }) => `take ${counted(count, 'machine')} off ${anyHost(from)}`,
  'bring-back': ({ host }) => `bring ${anyHost(host)} back`,
  wake: ({ host }) => `wake ${anyHost(host)}`,
  uncordon: ({ host }) => `uncordon ${anyHost(host)}`,
  move: ({ machine, to }) => `move ${named(machine)} to ${to}`,
  'move-off': ({ machines: who, host }) => `move ${someNamed(who)} off ${host}`,
  'remove-taints': ({ taints, host }) =>
    `remove the ${taints.length === 1 ? 'taint' : 'taints'} ${listed(taints)} from ${host}`,
  tolerate: ({ taints }) => `tolerate ${listed(taints)}`,
  'give-labels': ({ host, labels }) => `give ${host} ${labelsNamed(labels.map(givenLabel))}`,
  'take-labels': ({ host, labels }) => `take ${labelsNamed(labels)} from ${host}`,
  'other-ports': ({ ports }) =>
    `take ${ports.length === 1 ? 'another host port than' : 'other host ports than'} ${listed(ports)}`,
  'other-volume': ({ claims }) => `use another volume than that of claim ${listed(claims)}`,
  start: ({ machines: wanted, host, orIn }) => {
    const who = wanted.map((each) => `a machine with ${meantInEnglish(each)}`);
    return `start ${listed(who)} on ${host}${orIn === undefined ? '' : ` or elsewhere in ${orIn}`}`;
  },
  'not-near': ({ meant, farAsWell }) =>
    `do not ask to be near ${listed(meant.map(meantInEnglish))}${farAsWell ? ', which it must be far from as well' : ''}`,
  'not-far': ({ meant }) => `do not ask to be far from ${listed(meant.map(meantInEnglish))}`,
  stop: ({ machines: known, counted: crowds, since }) => {
    const who = listed([...(known.count > 0 ? [someNamed(known)] : []), ...crowds.map(countedMachines)]);
    if (since === undefined) return `stop ${who}`;
    const all = crowds.reduce((sum, { count }) => sum + count, known.count);
    const keep = all === 1 ? 'which keeps it away' : 'which keep it away';
    return `stop ${who}, ${since === 'keep-away' ? keep : 'which it must be far from'}`;
  },
  'allow-skew': ({ skews }) =>
    `allow ${listed(skews.map(({ maxSkew, topologyKey }) => `a maxSkew of ${maxSkew} over ${topologyKey}`))}`,
  'break-circle': ({ others }) =>
    `take the affinity from one of them: ${listed(['it', ...others.map(named)])} wait for each other, since each must be near another first`,
};

const WISHES: WordsOf<Wish> = {
  less: ({ resource, amount }) => amountOf(resource, amount, 'less'),
  none: ({ resource }) => `no ${inWords(resource, RESOURCES)}`,
  'other-hosts': () => 'other hosts',
};

const TRAITS: WordsOf<Trait> = {
  amount: ({ resource, amount }) =>
    `${amount === undefined ? '' : `${readableAtLeast(unitOf(resource), amount)} `}${inWords(resource, RESOURCES)}`,
  labels: ({ anyOf }) => alternatives(anyOf),
  architecture: ({ wanted }) => `${wanted} processors`,
  volume: ({ reaches, claims }) =>
    `${listed([...new Set(reaches.map(alternatives))])} (where the volume of claim ${listed(claims)} is)`,
  'no-tenant': () => 'no tenant of its own',
};

/** `app=db`, `any labels`; with its namespace where it is another. */
function meantInEnglish({ labels, namespaces }: Meant): string {
  const what = labels.length > 0 ? labels.map(labelRule).join(', ') : 'any labels';
  if (namespaces === undefined) return what;
  return `${what}${namespaces === 'selected' ? ' of the namespaces that it selects' : ` of namespace ${namespaces.join(' or ')}`}`;
}

/** `disk in (ssd, nvme), gen > 3`; others after `or`. */
function alternatives(anyOf: readonly (readonly LabelRule[])[]): string {
  return [...new Set(anyOf.map((rules) => rules.map(labelRule).join(', ')))].join(' or ');
}

function labelRule({ key, operator, values = [] }: LabelRule): string {
  switch (operator) {
    case 'In':
      return values.length === 1 ? `${key}=${values[0]}` : `${key} in (${values.join(', ')})`;
    case 'NotIn':
      return `${key} not in (${values.join(', ')})`;
    case 'Gt':
      return `${key} > ${values[0]}`;
    case 'Lt':
      return `${key} < ${values[0]}`;
    default:
      return operator === 'Exists' ? key : `no ${key}`;
  }
}

function amountOf(resource: Resource, amount: number, comparison: 'more' | 'less'): string {
  return `${readableAtLeast(unitOf(resource), amount)} ${comparison} ${inWords(resource, RESOURCES)}`;
}

/** `vm/web-1`, `pod/web-2`; with its namespace where that is another than the asker's. */
function named({ kind, name, namespace }: MachineName): string {
  return `${kind}/${name}${namespace === undefined ? '' : ` of namespace ${namespace}`}`;
}

/** `pod/a and pod/b`, `4 machines (pod/a, pod/b, pod/c, …)`. */
function someNamed({ count, first }: Some<MachineName>): string {
  const names = first.map(named);
  return count <= first.length ? listed(names) : `${count} machines (${names.join(', ')}, …)`;
}

function countedMachines({ count, meant, place }: CountedMachines): string {
  return `${counted(count, 'machine')}${meant ? ` with ${meantInEnglish(meant)}` : ''} in ${place}`;
}

/** `a`, `a and b`, `a, b and c`. */
function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** `the label a=b`, `the labels a=b and c`. */
function labelsNamed(labels: readonly string[]): string {
  return `the ${labels.length === 1 ? 'label' : 'labels'} ${listed(labels)}`;
}

function givenLabel({ key, value, ownValue }: GivenLabel): string {
  return `${key}${value === undefined ? '' : `=${value}`}${ownValue ? ' with a value of its own' : ''}`;
}

/** `a`, or `any of 4 hosts (a, b, c, …)`. */
function anyHost({ count, first }: Some<string>): string {
  if (count === 1) return first[0] ?? '';
  return `any of ${count} hosts (${first.join(', ')}${count > first.length ? ', …' : ''})`;
}
