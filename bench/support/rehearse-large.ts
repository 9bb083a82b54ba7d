/**
 * Its own process, so that time and memory are those of one rehearsal. Arguments: how many hosts, and `thrifty` where machines
 * move and hosts sleep; or by what a hundred groups are scaled. Prints JSON.
 */
import { makePlan, rehearse } from '../../apps/godwit/src/sim/rehearsal/index.ts';
import { largeScenario } from './large-scenario.ts';
import { scaledScenario } from './scaled-scenario.ts';

const what = process.argv[2] ?? '';
const scaled = what === 'horizontal' || what === 'elastic';
const { metadata, spec } = scaled ? scaledScenario(what) : largeScenario(Number(what), process.argv[3] === 'thrifty');
const plan = makePlan(metadata.name ?? '', spec, () => '');
const [policy] = plan.policies;
if (!policy) throw new Error('a plan has a policy');
const startedMs = performance.now();
let upMs = 0;
const run = await rehearse(plan, policy, (_share, doing) => {
  if (doing === 'time' && upMs === 0) upMs = performance.now() - startedMs;
});
const { writes, hash, losses, availability } = run;
const rssBytes = process.resourceUsage().maxRSS * 1024;
process.stdout.write(
  `${JSON.stringify({ elapsedMs: performance.now() - startedMs, upMs, rssBytes, writes, hash, losses, availability })}\n`,
);
