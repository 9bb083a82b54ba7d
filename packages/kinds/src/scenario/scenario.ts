import { policyParts, validatePolicyParts } from '../balance-policy/balance-policy.ts';
import { countColumn, textColumn } from '../columns/index.ts';
import {
  defineKind,
  described,
  filled,
  int32,
  type KindOf,
  listOf,
  number,
  object,
  oneOf,
  quantity,
  required,
  type Static,
  string,
} from '../machinery/index.ts';
import { Faults } from '../validation/index.ts';
import { autoscale, scaling } from './autoscale.ts';
import { demand } from './demand.ts';
import { MOST_MACHINES } from './most.ts';
import { validateScenario } from './validate-scenario.ts';

const MOST_HOSTS = 100_000;
const instant = (description: string) => string(`${description} Such as 90s, 5m, 6h or 2d.`);

const hosts = object({
  name: required(string('What the hosts are called, followed by a number.')),
  count: required(int32('How many there are.', { minimum: 1, maximum: MOST_HOSTS })),
  cpu: required(quantity('Processors of each.')),
  memory: required(quantity('Memory of each.')),
  machines: int32('Most machines on each; 250 by default.', { minimum: 1 }),
  racks: int32('Over how many racks they are spread; 1 by default.', { minimum: 1 }),
  zones: int32('Over how many zones the racks are spread; 1 by default.', { minimum: 1 }),
  idleWatts: number('What each takes when it is idle; 100 by default.', { minimum: 0 }),
  fullWatts: number('What each takes at full load; 300 by default.', { minimum: 0 }),
  sleepWatts: number('What each takes while it sleeps; 5 by default.', { minimum: 0 }),
  pricePerHour: number('What each costs an hour while it is on, without energy.', { minimum: 0 }),
});
export type ScenarioHosts = Static<typeof hosts>;

const load = object(
  {
    constant: number('Always this share of the processors that a machine asks for.', { minimum: 0 }),
    low: number('Share at the quietest hour of the day.', { minimum: 0 }),
    high: number('Share at the busiest hour of the day.', { minimum: 0 }),
    peakAt: instant('When in the day it is busiest; 14h by default.'),
    trace: string('A file with one number a line (the last column of a table), beside the scenario.'),
    every: instant('How far apart the lines are; 5m by default.'),
    unit: oneOf(
      ['share', 'percent', 'peak'],
      'What 1 means: all of it, one percent of it, or all at the highest line; peak by default.',
    ),
  },
  'How much of what they ask for machines use: constant, by the time of the day, or as a trace says.',
);
export type ScenarioLoad = Static<typeof load>;

const growth = object(
  { percentPerWeek: number('How many more there are every week.', { minimum: -100, maximum: 1000 }) },
  'How machines grow in number.',
);

const machines = object({
  name: required(string('What the machines are called, followed by a number.')),
  kind: oneOf(['VirtualMachine', 'Pod'], 'VirtualMachine by default.'),
  count: required(int32('How many there are at the beginning.', { minimum: 0, maximum: MOST_MACHINES })),
  cpu: required(quantity('Processors of each.')),
  memory: required(quantity('Memory of each.')),
  load,
  demand,
  startsIn: instant('From when one with a share of a demand runs until it serves; 30s by default.'),
  autoscale,
  growth: described(growth, 'How the number grows, or the demand where there is one.'),
  apart: oneOf(['host', 'rack', 'zone'], 'No two of them may share one.'),
});
export type ScenarioMachines = Static<typeof machines>;

const place = {
  host: string('One host.'),
  rack: string('One rack, by its label topology.godwit.dev/rack.'),
  zone: string('One zone, by its label topology.kubernetes.io/zone.'),
};

const event = object({
  at: required(instant('When it happens.')),
  lose: object(place, 'Hosts lose their power.'),
  maintain: object(place, 'Hosts are cordoned and emptied, their virtual machines started elsewhere.'),
  for: instant('How long it lasts; to the end where absent.'),
  add: object(
    {
      machines: required(string('Which.')),
      count: required(int32('How many.', { minimum: 1, maximum: MOST_MACHINES })),
    },
    'More machines.',
  ),
  remove: object(
    {
      machines: required(string('Which.')),
      count: required(int32('How many.', { minimum: 1, maximum: MOST_MACHINES })),
    },
    'Fewer machines.',
  ),
  blind: object(
    { machines: required(string('Which.')) },
    'Nobody measures them: autoscalers must do without what they use.',
  ),
  powerCapWatts: number('The hosts may not take more than this together; what is above is told.', { minimum: 0 }),
});
export type ScenarioEvent = Static<typeof event>;

const step = object({
  from: required(instant('Since when, counted from the beginning; again every day.')),
  value: required(number('What it is from then on.')),
});

const policy = object({
  name: required(string('What it is called in the report.')),
  ...policyParts,
  autoscale: listOf(
    object({ machines: required(string('Which.')), ...scaling }),
    'Machines that are scaled in another way than they say themselves.',
    { keys: ['machines'] },
  ),
});
export type ScenarioPolicy = Static<typeof policy>;

const spec = object(
  {
    duration: instant('How long the rehearsal is; 24h by default.'),
    warmUp: instant(
      'How long everything has run before figures are taken; 1m by default, 1h where machines follow a demand.',
    ),
    seed: int32('Chooses among what is as good; 1 by default.', { minimum: 0 }),
    sampleEvery: instant('How often figures are taken; 5m by default.'),
    hosts: listOf(hosts, 'The cloud, where none is read from elsewhere.', { keys: ['name'] }),
    machines: listOf(machines, 'What runs.', { keys: ['name'] }),
    growth: described(
      growth,
      'How all machines grow that say nothing of it themselves, those of a cloud that is there too.',
    ),
    events: listOf(event, 'What happens.'),
    reserveHosts: int32('How many hosts may fail at any time; 1 by default.', { minimum: 0, maximum: MOST_HOSTS }),
    energyPrice: listOf(step, 'What a kilowatt-hour costs.'),
    carbon: listOf(step, 'Grams of carbon dioxide a kilowatt-hour.'),
    currency: string('EUR by default.', { minLength: 1, maxLength: 16 }),
    policies: listOf(
      policy,
      'Policies to be compared; spread by default. What is said neither of balance nor of power nor of rightSize is off.',
      { keys: ['name'] },
    ),
  },
  'What is rehearsed.',
);
export type ScenarioSpec = Static<typeof spec>;

const body = object({ spec: filled(spec) });
export type Scenario = KindOf<Static<typeof body>>;

export const scenario = defineKind({
  group: 'godwit.dev',
  version: 'v1alpha1',
  kind: 'Scenario',
  plural: 'scenarios',
  namespaced: false,
  description: 'A rehearsal: a cloud, what happens to it, and by which policies.',
  body,
  defaults: (draft) => {
    draft.spec ??= {};
  },
  validate: ({ spec: given }) => {
    const faults = new Faults();
    validateScenario(given, faults);
    given.policies?.forEach((each, index) => validatePolicyParts(each, `spec.policies[${index}]`, faults));
    return faults.causes;
  },
  columns: [
    textColumn('Duration', 'How long it is.', (item: Scenario) => item.spec.duration ?? '24h'),
    countColumn('Events', 'What happens.', (item: Scenario) => item.spec.events?.length ?? 0),
  ],
});
