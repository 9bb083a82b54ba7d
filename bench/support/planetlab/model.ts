import { type PowerCurve, wattsAt } from '@godwit/planner';

/** A server of the experiment. */
export interface ServerType {
  readonly name: string;
  readonly cores: number;
  /** Of one core. */
  readonly mips: number;
  readonly memoryMb: number;
  readonly watts: PowerCurve;
}

/** HP ProLiant ML110 G4 and G5 with SPECpower's watts at 0, 10, …, 100 % load. */
export const serverTypes: readonly [ServerType, ServerType] = [
  {
    name: 'g4',
    cores: 2,
    mips: 1860,
    memoryMb: 4096,
    watts: [86, 89.4, 92.6, 96, 99.5, 102, 106, 108, 112, 114, 117],
  },
  {
    name: 'g5',
    cores: 2,
    mips: 2660,
    memoryMb: 4096,
    watts: [93.7, 97, 101, 105, 110, 116, 121, 125, 129, 133, 135],
  },
];

export interface Server {
  readonly type: ServerType;
  readonly mips: number;
}

export interface Guest {
  readonly mips: number;
  readonly memoryMb: number;
  /** Share of its MIPS that it wants, at each step. */
  readonly demand: Float64Array;
}

const guestTypes = [
  { mips: 2500, memoryMb: 870 },
  { mips: 2000, memoryMb: 1740 },
  { mips: 1000, memoryMb: 1740 },
  { mips: 500, memoryMb: 613 },
] as const;

export const STEP_SECONDS = 300;
/** A day. */
export const STEPS = 288;

/** 800 servers, the two types in turn. */
export function makeServers(count: number): readonly Server[] {
  return Array.from({ length: count }, (_, index) => {
    const type = serverTypes[(index % 2) as 0 | 1];
    return { type, mips: type.cores * type.mips };
  });
}

/** One guest a trace, in the order given; the four types take a quarter each. */
export function makeGuests(traces: readonly Float64Array[]): readonly Guest[] {
  const quarter = Math.ceil(traces.length / guestTypes.length);
  return traces.map((demand, index) => {
    const type = guestTypes[Math.floor(index / quarter)] ?? guestTypes[3];
    return { ...type, demand };
  });
}

/** Seconds that a live migration takes: half of the 1 Gbit/s link. */
export const migrationSeconds = (guest: Guest): number => guest.memoryMb / 62.5;

/** Watts of a server; one that does nothing is off. */
export function serverWatts(server: Server, wantedMips: number): number {
  return wantedMips <= 0 ? 0 : wattsAt(server.type.watts, Math.min(1, wantedMips / server.mips));
}
