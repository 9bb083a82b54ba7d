import { writeFileSync } from 'node:fs';
import { Failure, SystemClock } from '@godwit/base';
import type { Scenario } from '@godwit/kinds';
import {
  type KnownCloud,
  knownCloudOf,
  languageOf,
  makePlan,
  makeReport,
  type Plan,
  placeNamed,
  type Run,
  readScenario,
  rehearse,
  renderPage,
  renderText,
} from '../../sim/rehearsal/index.ts';
import { ProgressBar } from '../../terminal/progress-bar.ts';
import { Terminal } from '../../terminal/terminal.ts';
import { flagsIn, groupsNamed, numberOf, type Questions, scenarioOf } from './questions.ts';
import { readCloud, saveCloud } from './read-cloud.ts';
import { readTrace, readYaml } from './read-file.ts';

export interface RehearseOptions extends Questions {
  /** A kubeconfig, or a saved cloud. */
  readonly from?: string;
  /** Where the cloud is written down. */
  readonly save?: string;
  readonly traces?: string;
  readonly seed?: string;
  readonly json?: boolean;
  /** In which language the text is. */
  readonly language?: string;
  /** Where the HTML report goes. */
  readonly out?: string;
}

/** `godwit sim`: what would happen. */
export async function rehearseScenario(path: string | undefined, options: RehearseOptions): Promise<void> {
  const clock = new SystemClock();
  const startedMs = clock.monotonic();
  const words = languageOf(options.language ?? 'en');
  const cloud = options.from === undefined ? undefined : await readCloud(options.from);
  if (options.save !== undefined) {
    if (!cloud) throw new Failure('bad-argument', '--save: say with --from which cloud');
    saveCloud(cloud, options.save);
    new Terminal().success(`saved: ${options.save}`);
    if (path === undefined && !asksAnything(options)) return;
  }
  const plan = await planOf(path, options, cloud && knownCloudOf(cloud));
  const report = makeReport(plan, await runAll(plan));
  if (options.out !== undefined) writeFileSync(options.out, renderPage(report));
  if (options.json) {
    process.stdout.write(`${JSON.stringify(report)}\n`);
    return;
  }
  const terminal = new Terminal();
  terminal.line(renderText(report, options.language));
  terminal.success(words.done(clock.monotonic() - startedMs));
  if (options.out !== undefined) terminal.line(words.written(options.out));
}

const asksAnything = ({ lose, grow, fit, policy, reserve, out, json, for: lasts }: RehearseOptions): boolean =>
  [lose, grow, fit, policy, reserve, out, json, lasts].some((asked) => asked !== undefined);

/** What is wrong is told with the file in which it stands. */
async function planOf(path: string | undefined, options: RehearseOptions, known?: KnownCloud): Promise<Plan> {
  const inFile = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (path === undefined || !(error instanceof Failure)) throw error;
      throw new Failure(error.code, `${path}: ${error.message}`, { cause: error });
    }
  };
  const given = path === undefined ? undefined : (readYaml(path) as Scenario);
  return inFile(async () => {
    if (given !== undefined) await readScenario(given);
    const hosts = (name: string) => placeNamed(name, given?.spec ?? {}, known);
    const asked = await asFlags(given, () => readScenario(scenarioOf(options, given, hosts)));
    const { metadata, spec } = asked;
    const seeded = options.seed === undefined ? spec : { ...spec, seed: numberOf('--seed', options.seed) };
    const name = metadata.name ?? 'scenario';
    const trace = (file: string) => readTrace(file, path, options.traces);
    const plan = makePlan(name, seeded, trace, known, groupsNamed(options));
    if (plan.hosts.length === 0)
      throw new Failure('no-hosts', 'the scenario has no hosts: describe some, or say --from');
    return plan;
  });
}

/** What is wrong with what was asked on the command line is told in its words. */
async function asFlags<T>(given: Scenario | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure('bad-argument', flagsIn(error.message, given), { cause: error });
  }
}

async function runAll(plan: Plan): Promise<readonly Run[]> {
  const bar = new ProgressBar(process.stderr);
  const runs: Run[] = [];
  for (const [index, policy] of plan.policies.entries()) {
    runs.push(
      await rehearse(plan, policy, (share, doing) =>
        bar.show((index + share) / plan.policies.length, `${policy.name}: ${doing}`),
      ),
    );
  }
  bar.done();
  return runs;
}
