import { Failure, SystemClock } from '@godwit/base';
import { systemRandom } from '@godwit/base/node';
import { Simulation, type SimulationOptions, type SimulationResult } from '../sim/index.ts';
import { Terminal } from '../terminal/terminal.ts';
import { formatDuration } from '../terminal/units.ts';

export interface SimOptions {
  readonly faults?: boolean;
  readonly seed?: string;
  readonly seeds?: string;
  readonly minutes: string;
  readonly hosts?: string;
  readonly forever?: boolean;
  readonly verbose?: boolean;
}

/** Seeds that one run of the program tries when nobody says how many. */
const SEEDS = 20;
const HIGHEST_SEED = 2 ** 31;

/** `godwit sim --faults`: many clouds in which everything goes wrong that can, each from one seed. */
export async function sim(options: SimOptions): Promise<void> {
  if (!options.faults) throw new Failure('nothing-to-simulate', 'say what to rehearse: --faults');
  const terminal = new Terminal();
  const clock = new SystemClock();
  const startedMs = clock.monotonic();
  const total = { seeds: 0, kills: 0, simulatedMs: 0 };
  for (const seed of seedsOf(options)) {
    const result = await new Simulation(simulationOptions(seed, options, terminal)).run();
    total.seeds++;
    total.kills += result.kills;
    total.simulatedMs += result.simulatedMs;
    if (result.violation) {
      showViolation(terminal, result, options);
      process.exitCode = 1;
      return;
    }
    const { hash, kills, events } = result;
    const took = formatDuration(clock.monotonic() - startedMs);
    terminal.success(`seed ${seed}  ${hash}  ${events} events, ${kills} crashes  (${took} in all)`);
  }
  const simulated = formatDuration(total.simulatedMs);
  terminal.line(`${total.seeds} seeds, ${total.kills} crashes, ${simulated} of simulated time: everything held`);
}

function simulationOptions(seed: number, options: SimOptions, terminal: Terminal): SimulationOptions {
  return {
    seed,
    minutes: positive('--minutes', options.minutes),
    ...(options.hosts !== undefined && { hosts: positive('--hosts', options.hosts) }),
    ...(options.verbose && { onEvent: (line: string) => terminal.line(line) }),
  };
}

function* seedsOf({ seed, seeds, forever }: SimOptions): Generator<number> {
  if (seed !== undefined) return yield number('--seed', seed);
  if (forever) {
    const first = systemRandom().integer(HIGHEST_SEED);
    for (let each = first; ; each = (each + 1) % HIGHEST_SEED) yield each;
  }
  const count = seeds === undefined ? SEEDS : positive('--seeds', seeds);
  for (let each = 1; each <= count; each++) yield each;
}

function positive(name: string, text: string): number {
  const value = number(name, text);
  if (value > 0) return value;
  throw new Failure('bad-argument', `${name}: not more than nothing: ${text}`);
}

function number(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new Failure('bad-argument', `${name}: not a number: ${text}`);
}

function showViolation(terminal: Terminal, result: SimulationResult, { minutes, hosts, verbose }: SimOptions): void {
  if (!verbose) for (const line of result.tail) terminal.line(terminal.paint('dim', line));
  terminal.failure(`seed ${result.seed}: ${result.violation?.message}`);
  const again = `./godwit sim --faults --seed ${result.seed} --minutes ${minutes}${hosts ? ` --hosts ${hosts}` : ''}`;
  terminal.line(`again, with every event: ${again} --verbose`);
}
