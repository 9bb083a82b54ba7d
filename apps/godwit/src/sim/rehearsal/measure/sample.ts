import type { Fleet } from '../cloud/index.ts';
import type { Plan } from '../plan/index.ts';
import type { Ledger } from './ledger.ts';

/** The figures of one moment. Shares are of what there is, 0 to 1. */
export interface Sample {
  readonly atMs: number;
  readonly hostsOn: number;
  readonly wanted: number;
  readonly running: number;
  /** Machines that no host would do for. */
  readonly refused: number;
  /** What there is on hosts that are on, and what of it has been promised and is used. */
  readonly cpuMillis: number;
  readonly cpuPromised: number;
  readonly cpuUsed: number;
  readonly memoryBytes: number;
  readonly memoryPromised: number;
  readonly watts: number;
  /** Of that, what hosts take that run nothing. */
  readonly emptyWatts: number;
  /** Machines on hosts of which more is asked than they have. */
  readonly squeezed: number;
  /** Whether as many hosts as the reserve says could be lost; undefined when nobody has looked. */
  readonly reserveHeld: boolean;
}

interface HostLoad {
  readonly asked: number;
  readonly machines: number;
}

/** Takes the figures of now. */
export function takeSample(atMs: number, plan: Plan, ledger: Ledger, fleet: Fleet, reserveHeld: boolean): Sample {
  const shares = new Map(plan.groups.map(({ name, cpuMillis, load }) => [name, cpuMillis * load(atMs)]));
  const sum = {
    hostsOn: 0,
    cpuMillis: 0,
    cpuPromised: 0,
    cpuUsed: 0,
    memoryBytes: 0,
    memoryPromised: 0,
    watts: 0,
    emptyWatts: 0,
    squeezed: 0,
  };
  const { snapshot } = ledger;
  const cpu = snapshot.columns('cpu').used.values;
  const memory = snapshot.columns('memory').used.values;
  for (const { on, facts } of fleet.hosts.values()) {
    if (!on) continue;
    const row = snapshot.rowOf(facts.name) ?? -1;
    const { asked, machines } = loadOf(ledger.running.get(facts.name), shares);
    const used = Math.min(asked, facts.cpuMillis);
    sum.hostsOn++;
    sum.cpuMillis += facts.cpuMillis;
    sum.memoryBytes += facts.memoryBytes;
    sum.cpuPromised += cpu[row] ?? 0;
    sum.memoryPromised += memory[row] ?? 0;
    sum.cpuUsed += used;
    sum.watts += facts.idleWatts + (facts.fullWatts - facts.idleWatts) * (used / facts.cpuMillis);
    if (machines === 0) sum.emptyWatts += facts.idleWatts;
    if (asked > facts.cpuMillis) sum.squeezed += machines;
  }
  const refused = Math.max(0, ledger.wanted - ledger.runningCount);
  return { atMs, ...sum, wanted: ledger.wanted, running: ledger.runningCount, refused, reserveHeld };
}

function loadOf(groups: ReadonlyMap<string, number> | undefined, shares: ReadonlyMap<string, number>): HostLoad {
  let asked = 0;
  let machines = 0;
  for (const [group, count] of groups ?? []) {
    asked += count * (shares.get(group) ?? 0);
    machines += count;
  }
  return { asked, machines };
}
