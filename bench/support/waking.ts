/**
 * A request for what sleeps: how long until it is answered. Beside it, in the same run, what a pod takes from being
 * ordered by hand to its first answer. That is more by what kubectl takes for itself, and by how often it is asked then.
 *
 * Pods answer with their names: what answers must be another one each time, made for this request.
 */
import type { BenchRow } from '../../apps/godwit/src/bench/run-benches.ts';
import type { GodwitUnderTest } from '../../test/support/godwit.ts';
import { fetchText } from '../../test/support/http-load.ts';
import { isAsleep, sleeperPolicy, sleeperService } from '../../test/support/sleeper.ts';
import { oneMyapp } from './manifests.ts';
import { median } from './statistics.ts';
import { timed, until } from './waiting.ts';

const ROUNDS = 7;
const GOAL_MS = 3_000;

const NAME = 'napper';
const manifest = `${oneMyapp(NAME)}
---${sleeperService(NAME, { spec: 'type: LoadBalancer', port: 'appProtocol: http' })}`;

export async function measureWaking(godwit: GodwitUnderTest, say: (line: string) => void): Promise<BenchRow> {
  await godwit.apply(manifest);
  const url = `http://${await godwit.externalAddress(NAME)}/`;
  const asleep = () => until('sleep', async () => (await isAsleep(godwit, NAME)) || undefined);
  const answered = async () => (await fetchText(url).catch(() => '')) || undefined;
  const known = new Set<string>();
  const starts: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await godwit.kubectl('scale', `deployment/${NAME}`, '--replicas=0');
    await asleep();
    starts.push(
      await timed(async () => {
        await godwit.kubectl('scale', `deployment/${NAME}`, '--replicas=1');
        known.add(await until('an answer', answered));
      }),
    );
  }
  await godwit.apply(sleeperPolicy(NAME, 1));
  const answers: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await asleep();
    let by = '';
    answers.push(
      await timed(async () => {
        by = await fetchText(url);
      }),
    );
    if (known.has(by)) throw new Error(`${by.trim()} answered, which was to be gone`);
    known.add(by);
    say(`waking ${round + 1}/${ROUNDS}: ${by.trim()} answered after ${Math.round(answers.at(-1) ?? 0)} ms`);
  }
  const [value, own] = [median(answers), median(starts)];
  return {
    bench: 'reaction',
    what: `request for a pod that sleeps → its answer (ordered by hand, a first answer takes ${Math.round(own)} ms)`,
    value: value / 1000,
    unit: 's',
    goal: '<= 3',
    peer: 'reference: ordered by hand, the same run',
    peerValue: own / 1000,
    ratio: value / own,
    holds: value <= GOAL_MS,
  };
}
