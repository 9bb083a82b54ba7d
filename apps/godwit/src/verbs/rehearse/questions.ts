import { Failure } from '@godwit/base';
import type { Scenario, ScenarioEvent, ScenarioMachines, ScenarioPolicy, ScenarioSpec } from '@godwit/kinds';

/** Questions as they are asked on the command line. */
export interface Questions {
  /** Places that are lost: names of hosts, racks or zones. */
  readonly lose?: readonly string[];
  /** Percent a week. */
  readonly grow?: string;
  /** Sizes of machines, such as `cpu=2,memory=4Gi`, and names of groups that there are: how many more of them fit? */
  readonly fit?: readonly string[];
  /** Ways to use the hosts, by name, to be compared. */
  readonly policy?: readonly string[];
  /** How many hosts may fail at any time. */
  readonly reserve?: string;
  /** How long. */
  readonly for?: string;
}

/** Long enough for machines of lost hosts to run again, and for a glance at what policies do. */
const DURATION = '1h';
/** When places are lost: once it has been seen how things stand. */
const LOST_AT = '10m';
/** For how long: answers are of a cloud that is whole again. */
const LOST_FOR = '30m';

const automatic = { mode: 'automatic' } as const;

/** What `--policy` knows, in the words of a scenario. */
const POLICIES: Readonly<Record<string, Omit<ScenarioPolicy, 'name'>>> = {
  spread: { placement: { strategy: 'spread' } },
  pack: { placement: { strategy: 'pack' } },
  fragmentation: { placement: { strategy: 'fragmentation' } },
  balance: { placement: { strategy: 'spread' }, balance: automatic },
  energy: { placement: { strategy: 'energy' }, balance: automatic, power: automatic },
};

/**
 * The scenario that asks the questions: that of a file with them on top, or one of their own.
 * @param placeOf which place a name means
 */
export function scenarioOf(
  questions: Questions,
  given: Scenario | undefined,
  placeOf: (name: string) => NonNullable<ScenarioEvent['lose']>,
): Scenario {
  const { lose = [], policy = [], grow, reserve } = questions;
  const sizes = (questions.fit ?? []).filter(isSize);
  const spec: ScenarioSpec = given?.spec ?? { duration: DURATION };
  const events = lose.map((name): ScenarioEvent => ({ at: LOST_AT, lose: placeOf(name), for: LOST_FOR }));
  return {
    apiVersion: 'godwit.dev/v1alpha1',
    kind: 'Scenario',
    metadata: { name: 'questions', ...given?.metadata },
    spec: {
      ...spec,
      ...(questions.for !== undefined && { duration: questions.for }),
      ...(grow !== undefined && { growth: { percentPerWeek: numberOf('--grow', grow) } }),
      ...(reserve !== undefined && { reserveHosts: numberOf('--reserve', reserve) }),
      ...(events.length > 0 && { events: [...(spec.events ?? []), ...events] }),
      ...(sizes.length > 0 && { machines: [...(spec.machines ?? []), ...sizes.map(sizeOf)] }),
      ...(policy.length > 0 && { policies: [...(spec.policies ?? []), ...policy.map(policyOf)] }),
    },
  };
}

const FLAGS: Readonly<Record<string, string>> = {
  'spec.growth.percentPerWeek': '--grow',
  'spec.reserveHosts': '--reserve',
  'spec.duration': '--for',
};

/** What the API says of the scenario that questions make, in the words in which they were asked. */
export function flagsIn(message: string, given: Scenario | undefined): string {
  const own = given?.spec.machines?.length ?? 0;
  let told = message.replace(/^Scenario\.\S+ "questions" is invalid: /, '');
  for (const [field, flag] of Object.entries(FLAGS)) told = told.replaceAll(field, flag);
  return told.replaceAll(/spec\.machines\[(\d+)\]\.(\w+)/g, (field, index: string, part: string) =>
    Number(index) < own ? field : `--fit ${part}`,
  );
}

function policyOf(name: string): ScenarioPolicy {
  const parts = POLICIES[name];
  if (parts) return { name, ...parts };
  const known = Object.keys(POLICIES).join(', ');
  throw new Failure('bad-argument', `--policy ${name}: is none of ${known}; others are described in a scenario file`);
}

/** The groups that `--fit` names; all else that it says are sizes. */
export const groupsNamed = ({ fit = [] }: Questions): readonly string[] => fit.filter((text) => !isSize(text));

/** Names of groups are those of the API's objects: they have neither of these. */
const isSize = (text: string): boolean => /[=,]/.test(text);

const FIT_PARTS = ['name', 'kind', 'cpu', 'memory'];

/** `cpu=2,memory=4Gi`, with `name=` and `kind=Pod` where they are wanted: machines of which there are none yet. */
function sizeOf(text: string, index: number): ScenarioMachines {
  const parts = new Map(
    text.split(',').map((part): [string, string] => {
      const [key = '', value = '', ...rest] = part.split('=');
      if (!FIT_PARTS.includes(key) || value === '' || rest.length > 0)
        throw new Failure(
          'bad-argument',
          `--fit ${text}: say it as cpu=2,memory=4Gi, with kind=Pod and name=… if you like`,
        );
      return [key, value];
    }),
  );
  const [cpu = '0', memory = '0'] = [parts.get('cpu'), parts.get('memory')];
  if (!parts.has('cpu') && !parts.has('memory')) throw new Failure('bad-argument', `--fit ${text}: says no size`);
  const kind = parts.get('kind') ?? 'VirtualMachine';
  if (kind !== 'VirtualMachine' && kind !== 'Pod')
    throw new Failure('bad-argument', `--fit ${text}: kind is VirtualMachine or Pod`);
  return { name: parts.get('name') ?? `size-${index + 1}`, kind, count: 0, cpu, memory };
}

export function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new Failure('bad-argument', `${name} ${text}: is no number`);
}
