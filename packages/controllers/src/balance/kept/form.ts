import { type DemandState, damaged } from '@godwit/planner';

/** What is known of machines, each in one word. */
export interface KeptMachines {
  /** When it was kept, in milliseconds since the epoch. */
  readonly atMs: number;
  /** The settings of which it was learned: with others it is worth nothing. */
  readonly of: string;
  readonly lines: Iterable<readonly [id: string, word: string]>;
}

/** What is known of a policy as a whole. */
export interface KeptPolicy {
  readonly atMs: number;
  readonly demand: { readonly of: string; readonly state: DemandState };
  /** How long ago, in seconds, how many pods were ended to be elsewhere. */
  readonly evictions: readonly (readonly [ageSeconds: number, count: number])[];
  /** For how long, in seconds, hosts have been empty. */
  readonly empty: Readonly<Record<string, number>>;
}

/** Content of a ConfigMap. */
export type Data = Readonly<Record<string, string>>;

/** Longest list of hosts: the others count as empty since the restart. */
const MOST_HOSTS = 10_000;
/** More evictions in an hour than this are none that happened. */
const MOST_EVICTIONS = 1_000_000;

export function writeMachines({ atMs, of, lines }: KeptMachines): Data {
  let machines = '';
  for (const [id, word] of lines) machines += `${id} ${word}\n`;
  return { about: JSON.stringify({ atMs, of }), machines };
}

/** @throws Failure `record-damaged` */
export function readMachines({ about, machines = '' }: Data): KeptMachines {
  const { atMs, of } = parsed(about, 'about');
  if (typeof of !== 'string') throw damaged('nobody knows of what it was learned');
  return { atMs: instant(atMs), of, lines: linesOf(machines) };
}

function* linesOf(text: string): Generator<readonly [string, string]> {
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from);
    const to = end < 0 ? text.length : end;
    const gap = text.indexOf(' ', from);
    yield gap < 0 || gap > to ? [text.slice(from, to), ''] : [text.slice(from, gap), text.slice(gap + 1, to)];
    from = to + 1;
  }
}

export function writePolicy({ atMs, demand, evictions, empty }: KeptPolicy): Data {
  const hosts = Object.fromEntries(Object.entries(empty).slice(0, MOST_HOSTS));
  return { about: JSON.stringify({ atMs, evictions, empty: hosts }), demand: JSON.stringify(demand) };
}

/** What can be read; the demand is not looked into. @throws Failure `record-damaged` */
export function readPolicy(data: Data): KeptPolicy {
  const { atMs, evictions, empty } = parsed(data['about'], 'about');
  const { of, state } = parsed(data['demand'], 'demand');
  const isAge = (value: unknown): value is number => typeof value === 'number' && value >= 0;
  const isGroup = (value: unknown): value is readonly [number, number] =>
    Array.isArray(value) && value.length === 2 && value.every(isAge);
  if (!Array.isArray(evictions) || !evictions.every(isGroup)) throw damaged('its evictions are no list of ages');
  if (evictions.reduce((sum, [, count]) => sum + count, 0) > MOST_EVICTIONS)
    throw damaged('it tells of too many evictions');
  if (!isObject(empty) || !Object.values(empty).every(isAge)) throw damaged('its empty hosts have no ages');
  return {
    atMs: instant(atMs),
    demand: { of: String(of), state: state as DemandState },
    evictions,
    empty: empty as KeptPolicy['empty'],
  };
}

function parsed(text: string | undefined, key: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch (cause) {
    throw damaged(`"${key}" is not JSON`, cause);
  }
  if (!isObject(value)) throw damaged(`"${key}" is no object`);
  return value;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function instant(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw damaged('nobody knows when it was kept');
}
