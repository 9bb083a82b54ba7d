import { availableParallelism } from 'node:os';
import { counted, Failure, SystemClock } from '@godwit/base';
import { systemRandom } from '@godwit/base/node';
import { runSeeds, type SeedOutcome, Simulation, type SimulationOptions } from '../sim/index.ts';
import { Terminal } from '../terminal/terminal.ts';
import { formatDuration } from '../terminal/units.ts';
import { type RehearseOptions, rehearseScenario } from './rehearse/index.ts';

export interface SimOptions extends RehearseOptions {
  readonly faults?: boolean;
  readonly seeds?: string;
  readonly minutes: string;
  readonly hosts?: string;
  readonly forever?: boolean;
  readonly jobs?: string;
  readonly verbose?: boolean;
}

/** Seeds that one run of the program tries when nobody says how many. */
const SEEDS = 20;
const HIGHEST_SEED = 2 ** 31;

/** `godwit sim`: what would happen, on simulated hosts and simulated time. */
export async function sim(scenario: string | undefined, options: SimOptions): Promise<void> {
  if (!options.faults) {
    if (scenario === undefined && options.from === undefined && options.save === undefined)
      throw new Failure('nothing-to-simulate', 'say what to rehearse: a scenario, --from a cloud, or --faults');
    return rehearseScenario(scenario, options);
  }
  await rehearseFaults(options);
}

/** `godwit sim --faults`: many clouds in which everything goes wrong that can, each from one seed. */
async function rehearseFaults(options: SimOptions): Promise<void> {
  const terminal = new Terminal();
  const clock = new SystemClock();
  const startedMs = clock.monotonic();
  const total = { seeds: 0, kills: 0, simulatedMs: 0 };
  const run = {
    minutes: positive('--minutes', options.minutes),
    ...(options.hosts !== undefined && { hosts: positive('--hosts', options.hosts) }),
  };
  let stopped = false;
  // The first Ctrl-C lets the runs end that are under way; a second one ends the program.
  const stop = (): void => {
    stopped = true;
    terminal.line('no more seeds are begun');
  };
  const onOutcome = (outcome: SeedOutcome): boolean => {
    const { seed, hash, events, kills, violation } = outcome;
    if (process.exitCode === 1) return false;
    total.seeds++;
    total.kills += kills;
    total.simulatedMs += outcome.simulatedMs;
    if (violation !== undefined) {
      showViolation(terminal, outcome, options);
      process.exitCode = 1;
      return false;
    }
    const took = formatDuration(clock.monotonic() - startedMs);
    terminal.success(
      `seed ${seed}  ${hash}  ${counted(events, 'event')}, ${counted(kills, 'crash', 'crashes')}  (${took} in all)`,
    );
    return !stopped;
  };
  process.once('SIGINT', stop);
  if (options.verbose) {
    for (const seed of seedsOf(options)) if (!onOutcome(await tell(seed, run, terminal))) break;
  } else {
    const jobs = options.seed === undefined ? jobsOf(options) : 1;
    await runSeeds({ seeds: seedsOf(options), jobs, run, onOutcome });
  }
  process.off('SIGINT', stop);
  const verdict = process.exitCode === 1 ? 'something did not hold' : 'everything held';
  const simulated = formatDuration(total.simulatedMs);
  terminal.line(
    `${counted(total.seeds, 'seed')}, ${counted(total.kills, 'crash', 'crashes')}, ${simulated} of simulated time: ${verdict}`,
  );
}

/** One run whose every event is told as it happens. */
async function tell(
  seed: number,
  run: Pick<SimulationOptions, 'minutes' | 'hosts'>,
  terminal: Terminal,
): Promise<SeedOutcome> {
  const onEvent = (line: string) => terminal.line(line);
  const { violation, ...result } = await new Simulation({ ...run, seed, onEvent }).run();
  return { ...result, violation: violation?.message };
}

function jobsOf({ jobs }: SimOptions): number {
  return jobs === undefined ? availableParallelism() : positive('--jobs', jobs);
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

function showViolation(terminal: Terminal, result: SeedOutcome, { minutes, hosts, verbose }: SimOptions): void {
  if (!verbose) for (const line of result.tail) terminal.line(terminal.paint('dim', line));
  terminal.failure(`seed ${result.seed}: ${result.violation}`);
  const again = `./godwit sim --faults --seed ${result.seed} --minutes ${minutes}${hosts ? ` --hosts ${hosts}` : ''}`;
  terminal.line(`again, with every event: ${again} --verbose`);
}
