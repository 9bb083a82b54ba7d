import { moveWatts } from '@godwit/planner';
import type { Fleet } from '../cloud/index.ts';
import type { Plan } from '../plan/index.ts';
import type { Ledger } from './ledger.ts';
import type { ReserveState } from './reserve.ts';

/** The figures of one moment. Shares are of what there is, 0 to 1. */
export interface Sample {
  readonly atMs: number;
  readonly hostsOn: number;
  /** Hosts that sleep, or wake: they have power. */
  readonly hostsAsleep: number;
  readonly wanted: number;
  readonly running: number;
  /** Machines that no host would do for. */
  readonly refused: number;
  /** What there is on hosts that are on, and what of it has been promised and is used. */
  readonly cpuMillis: number;
  readonly cpuPromised: number;
  readonly cpuUsed: number;
  /** What machines would use if their hosts had it. */
  readonly cpuAsked: number;
  readonly memoryBytes: number;
  readonly memoryPromised: number;
  readonly watts: number;
  /** Of that, what hosts take that run nothing. */
  readonly emptyWatts: number;
  /** Machines on hosts of which more is asked than they have. */
  readonly squeezed: number;
  /** Machines that are being carried to another host. */
  readonly moving: number;
  /** Whether as many hosts as the reserve says could be lost: with the hosts that are on. */
  readonly reserveHeld: boolean;
  /** The same once hosts that sleep are woken. */
  readonly reserveCanHold: boolean;
}

interface HostLoad {
  readonly asked: number;
  readonly machines: number;
}

/** Takes the figures of now. */
export function takeSample(atMs: number, plan: Plan, ledger: Ledger, fleet: Fleet, reserve: ReserveState): Sample {
  const shares = new Map(plan.groups.map(({ name, cpuMillis, load }) => [name, cpuMillis * load(atMs)]));
  const sum = {
    hostsOn: 0,
    hostsAsleep: 0,
    cpuMillis: 0,
    cpuPromised: 0,
    cpuUsed: 0,
    cpuAsked: 0,
    memoryBytes: 0,
    memoryPromised: 0,
    watts: 0,
    emptyWatts: 0,
    squeezed: 0,
  };
  const { snapshot } = ledger;
  const cpu = snapshot.columns('cpu').used.values;
  const memory = snapshot.columns('memory').used.values;
  for (const host of fleet.hosts.values()) {
    const { on, facts } = host;
    if (!on) {
      sum.watts += host.watts(0);
      if (host.powered) sum.hostsAsleep++;
      continue;
    }
    const row = snapshot.rowOf(facts.name) ?? -1;
    const { asked, machines } = loadOf(ledger.running.get(facts.name), shares);
    const used = Math.min(asked, facts.cpuMillis);
    sum.hostsOn++;
    sum.cpuMillis += facts.cpuMillis;
    sum.memoryBytes += facts.memoryBytes;
    sum.cpuPromised += cpu[row] ?? 0;
    sum.memoryPromised += memory[row] ?? 0;
    sum.cpuUsed += used;
    sum.cpuAsked += asked;
    sum.watts += host.watts(used);
    if (machines === 0) sum.emptyWatts += host.watts(0);
    if (asked > facts.cpuMillis) sum.squeezed += machines;
  }
  const moving = fleet.moves.underWay;
  sum.watts += moving * moveWatts;
  const refused = Math.max(0, ledger.wanted - ledger.runningCount);
  const { wanted, runningCount: running } = ledger;
  return { atMs, ...sum, wanted, running, refused, moving, reserveHeld: reserve.held, reserveCanHold: reserve.canHold };
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
