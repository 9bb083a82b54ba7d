import { userInfo } from 'node:os';
import { Failure } from '@godwit/base';
import type { ApiClient } from '@godwit/client';
import { type ActionRecord, decisionAnnotation, keepRecord } from '@godwit/planner';
import { openClient } from '../../access/open-client.ts';
import { Terminal } from '../../terminal/terminal.ts';
import { rehearse } from '../place/place.ts';
import { tellAnswers } from '../place/tell-answers.ts';
import { type Advice, askAutoscaler } from './ask-autoscaler.ts';
import { readTarget, type Target } from './target.ts';

export interface ScaleOptions {
  readonly state: string;
  readonly namespace: string;
  readonly replicas?: string;
  readonly dryRun?: boolean;
  readonly output: string;
}

/**
 * `godwit scale deployment/web --replicas 5 [--dry-run]`, or only `--dry-run`: then its autoscaler is asked what it would
 * do now. The dry run exits 1 when a new machine would have no host.
 */
export async function scale(text: string, options: ScaleOptions): Promise<void> {
  const given = options.replicas === undefined ? undefined : readReplicas(options.replicas);
  if (given === undefined && !options.dryRun)
    throw new Failure('bad-argument', 'say --replicas, or --dry-run to hear what the autoscaler would do');
  const { client, close } = openClient(options.state);
  try {
    const target = await readTarget(client, text, options.namespace);
    const advice = given === undefined ? await askAutoscaler(client, target) : undefined;
    const wanted = advice?.to ?? given ?? target.replicas;
    const added = Math.max(0, wanted - target.replicas);
    const machines = options.dryRun && added > 0 ? await rehearseMore(client, target, added) : [];
    if (!options.dryRun && wanted !== target.replicas) await set(client, target, wanted);
    const dryRun = options.dryRun ?? false;
    const result = {
      target: target.title,
      from: target.replicas,
      to: wanted,
      dryRun,
      ...(advice && { advice }),
      machines,
    };
    if (options.output === 'json') process.stdout.write(`${JSON.stringify(result)}\n`);
    else print(new Terminal(), result);
    if (machines.some(({ host }) => host === null)) process.exitCode = 1;
  } finally {
    close();
  }
}

function readReplicas(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new Failure('bad-argument', `--replicas ${text}: must be a whole number from 0 to 999999`);
}

/** Where so many more machines of the target would go. */
function rehearseMore(client: ApiClient, { address, object }: Target, added: number) {
  const { spec } = object as { readonly spec?: object };
  const { name: _, ...collection } = address;
  const more = { ...object, spec: { ...spec, replicas: added } };
  return rehearse(client, [{ address: collection, object: more }]);
}

/** The number and the reason for it are one write. */
async function set(client: ApiClient, { address, object, replicas }: Target, wanted: number): Promise<void> {
  const { metadata } = object;
  const record: ActionRecord = {
    v: 1,
    do: 'scale',
    at: Math.floor(client.world.clock.now() / 1000),
    by: userInfo().username,
    policy: 'manual',
    to: { machines: wanted },
    in: { before: replicas },
    ...(metadata.resourceVersion !== undefined && { rev: metadata.resourceVersion }),
  };
  const annotations = { [decisionAnnotation]: keepRecord(metadata.annotations?.[decisionAnnotation], record) };
  const { resourceVersion } = metadata;
  const body = { metadata: { annotations, resourceVersion }, spec: { replicas: wanted } };
  await client.door.patch(address, { type: 'merge', body });
}

interface Result {
  readonly target: string;
  readonly from: number;
  readonly to: number;
  readonly dryRun: boolean;
  readonly advice?: Advice;
  readonly machines: Awaited<ReturnType<typeof rehearse>>;
}

function print(terminal: Terminal, { target, from, to, dryRun, advice, machines }: Result): void {
  if (from === to) terminal.success(`${target} ${advice ? 'would stay at' : 'has'} ${to}${advice ? '' : ' already'}`);
  else terminal.success(`${target}: ${dryRun ? 'would go' : 'goes'} from ${from} to ${to}`);
  if (advice) terminal.line(`  ${advice.autoscaler} says: ${advice.says.join('; ')}.`);
  const sizes = Object.entries(advice?.sizes ?? {}).map(([name, size]) => `${name} ${size}`);
  if (sizes.length > 0) terminal.line(`  Each would have ${sizes.join(', ')}.`);
  tellAnswers(terminal, machines, 'would run');
  if (dryRun) terminal.line(terminal.paint('dim', 'Nothing was changed.'));
}
