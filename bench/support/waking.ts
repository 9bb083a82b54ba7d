/**
 * A request for what sleeps: how long until it is answered. Beside it, in the same run, what a pod takes from being
 * ordered by hand to its first answer. That is more by what kubectl takes for itself, and by how often it is asked then.
 *
 * Pods answer with their names: what answers must be another one each time, made for this request.
 */
import type { Deployment, Service } from '@godwit/kinds';
import type { BenchRow } from '../../apps/godwit/src/bench/run-benches.ts';
import type { GodwitUnderTest } from '../../test/support/godwit.ts';
import { fetchText } from '../../test/support/http-load.ts';
import { oneMyapp } from './manifests.ts';
import { median } from './statistics.ts';
import { timed, until } from './waiting.ts';

const ROUNDS = 7;
const GOAL_MS = 3_000;

const manifest = `${oneMyapp('napper')}
---
apiVersion: v1
kind: Service
metadata: {name: napper}
spec: {type: LoadBalancer, selector: {app: napper}, ports: [{port: 80, targetPort: 8080, appProtocol: http}]}`;

const policy = `
apiVersion: godwit.dev/v1alpha1
kind: ElasticPolicy
metadata: {name: napper}
spec:
  targetRef: {apiVersion: apps/v1, kind: Deployment, name: napper}
  out: {minReplicas: 0, maxReplicas: 2}
  idleSeconds: 1
  behavior: {scaleDown: {stabilizationWindowSeconds: 0}}
  metrics: [{name: requests, type: requests, service: napper, target: {value: "1000"}}]`;

export async function measureWaking(godwit: GodwitUnderTest, say: (line: string) => void): Promise<BenchRow> {
  await godwit.apply(manifest);
  const url = `http://${await until('an address', () => addressOf(godwit))}/`;
  const answered = async () => (await fetchText(url).catch(() => '')) || undefined;
  const known = new Set<string>();
  const starts: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await godwit.kubectl('scale', 'deployment/napper', '--replicas=0');
    await until('sleep', () => isAsleep(godwit));
    starts.push(
      await timed(async () => {
        await godwit.kubectl('scale', 'deployment/napper', '--replicas=1');
        known.add(await until('an answer', answered));
      }),
    );
  }
  await godwit.apply(policy);
  const answers: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await until('sleep', () => isAsleep(godwit));
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

/** Not one pod is left. */
async function isAsleep(godwit: GodwitUnderTest): Promise<true | undefined> {
  const wanted = (await godwit.get<Deployment>('deployment', 'napper'))?.spec.replicas;
  const pods = await godwit.kubectl('get', 'pods', '-l', 'app=napper', '-o', 'name');
  return wanted === 0 && pods.trim() === '' ? true : undefined;
}

async function addressOf(godwit: GodwitUnderTest): Promise<string | undefined> {
  return (await godwit.get<Service>('service', 'napper'))?.status?.loadBalancer?.ingress?.[0]?.ip;
}
