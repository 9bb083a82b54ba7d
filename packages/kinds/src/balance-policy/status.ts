import {
  int32,
  int64,
  listOf,
  number,
  object,
  oneOf,
  required,
  type Static,
  string,
  time,
} from '../machinery/index.ts';
import { condition } from '../shared/condition.ts';

const move = object({
  machine: required(string('What moves, as kind/namespace/name.')),
  from: required(string('Host where it is.')),
  to: required(string('Host where it goes.')),
  why: required(string('Why it moves.')),
});

const switching = object({
  host: required(string('Host.')),
  action: required(oneOf(['sleep', 'wake'], 'What is done.')),
  why: required(string('Why.')),
});

const keeping = object({
  host: required(string('Host.')),
  why: required(string('Why it is not emptied.')),
});

const volumeMove = object({
  volume: required(string('PersistentVolume that moves.')),
  from: required(string('Host that has it.')),
  to: required(string('Host that gets it.')),
});

const plan = object(
  {
    time: required(time('When it was made.')),
    outcome: required(oneOf(['proposed', 'carried-out', 'rejected', 'nothing'], 'What became of it.')),
    why: required(string('Why.')),
    gain: number('Predicted gain, in units of the objective.'),
    cost: number('Predicted cost of the moves, in the same units.'),
    moves: listOf(move, 'Moves, in order; the first hundred.'),
    moveCount: int32('How many moves there are in all.'),
    volumes: listOf(
      volumeMove,
      'Volumes that should move, as their hosts give out more storage than the policy allows.',
    ),
    power: listOf(switching, 'Hosts that are switched; the first hundred.'),
    kept: listOf(keeping, 'Hosts with machines that the policy would empty, were it not for this; the first of them.'),
  },
  'The last plan.',
);

const recommendation = object({
  machine: required(string('Machine, as kind/namespace/name.')),
  resource: required(oneOf(['cpu', 'memory'], 'What is recommended.')),
  current: required(string('What it asks for.')),
  recommended: required(string('What it should ask for.')),
});

const waste = object(
  {
    cores: required(number('Cores that are given out and not needed.')),
    gib: required(number('GiB of memory that are given out and not needed.')),
    watts: number('Watts that hosts draw for them.'),
    costPerHour: number('What they cost an hour, in the currency of the prices.'),
  },
  'What machines have and do not need.',
);

export const status = object(
  {
    observedGeneration: int64('Generation that the status was set for.'),
    hosts: int32('How many hosts the policy governs.'),
    hostsOn: int32('How many of them are on.'),
    watts: number('What they draw, where it is known.'),
    plan,
    recommendations: listOf(recommendation, 'Sizes to change; the hundred with the largest waste.'),
    waste,
    conditions: listOf(condition, 'How the policy stands.', { keys: ['type'] }),
  },
  'How the policy stands.',
);
export type BalancePolicyStatus = Static<typeof status>;
