import { Failure } from '@godwit/base';
import { ApiClient } from '@godwit/client';
import { DoorMetrics, HorizontalPodAutoscalerReconciler } from '@godwit/controllers';
import {
  type ElasticPolicy,
  elasticPolicy,
  type HorizontalPodAutoscaler,
  horizontalPodAutoscaler,
  type KubeObject,
} from '@godwit/kinds';
import { type Rehearsal, RehearsingDoor } from '../../access/rehearsing-door.ts';
import type { Target } from './target.ts';

/** What an autoscaler would do with its target now. */
export interface Advice {
  readonly autoscaler: string;
  readonly from: number;
  readonly to: number;
  /** How large each machine should be, by resource, where that is decided too. */
  readonly sizes?: Readonly<Record<string, string | number>>;
  /** What it says about itself: its conditions, none of them twice. */
  readonly says: readonly string[];
}

/** Asks who scales a target: a HorizontalPodAutoscaler goes before an ElasticPolicy. */
export async function askAutoscaler(client: ApiClient, target: Target): Promise<Advice> {
  const { namespace = '' } = target.address;
  const [horizontals, elastics] = await Promise.all([
    client.resource(horizontalPodAutoscaler).list({ namespace }),
    client.resource(elasticPolicy).list({ namespace }),
  ]);
  const horizontal = horizontals.items.find(({ spec }) => isAbout(spec.scaleTargetRef, target));
  if (horizontal) return rehearseHorizontal(client, target, horizontal);
  const elastic = elastics.items.filter(({ spec }) => isAbout(spec.targetRef, target)).toSorted(byAge)[0];
  if (elastic) return adviceOf(target, elastic);
  const what = `${target.kind.singular}/${target.address.name}`;
  throw new Failure(
    'bad-argument',
    `nobody scales ${what}: say --replicas, or make one (kubectl autoscale ${what} --min 1 --max 5)`,
  );
}

function isAbout(ref: { readonly kind: string; readonly name: string }, { kind, address }: Target): boolean {
  return ref.kind === kind.kind && ref.name === address.name;
}

function byAge({ metadata: a }: KubeObject, { metadata: b }: KubeObject): number {
  const text = ({ creationTimestamp = '', name = '' }: KubeObject['metadata']) => `${creationTimestamp} ${name}`;
  return text(a) < text(b) ? -1 : 1;
}

/**
 * Runs the autoscaler once, through a door that changes nothing. What it remembers of the last minutes is not known
 * here: it decides as one that has just been started.
 */
async function rehearseHorizontal(real: ApiClient, target: Target, scaler: HorizontalPodAutoscaler): Promise<Advice> {
  const door = new RehearsingDoor(real.door);
  const client = new ApiClient(door, real.world);
  try {
    const reconciler = new HorizontalPodAutoscalerReconciler(client, new DoorMetrics(client));
    await client.ready();
    const { namespace, name } = scaler.metadata;
    await reconciler.reconcile(`${namespace}/${name}`, new AbortController().signal);
    const { to, status } = readWrites(door.writes, target);
    const says = sayings((status ?? scaler.status)?.conditions);
    return { autoscaler: `HorizontalPodAutoscaler ${name}`, from: target.replicas, to: to ?? target.replicas, says };
  } finally {
    client.close();
  }
}

function readWrites(writes: readonly Rehearsal[], target: Target) {
  let to: number | undefined;
  let status: HorizontalPodAutoscaler['status'];
  for (const { address, body } of writes) {
    if (address.plural === target.kind.plural)
      to = (body as { readonly spec: { readonly replicas: number } }).spec.replicas;
    else if (address.subresource === 'status') status = (body as HorizontalPodAutoscaler).status;
  }
  return { to, status };
}

/** An ElasticPolicy learns, and decides every two seconds: what it decided last is better than what a novice would. */
function adviceOf({ replicas }: Target, { metadata, status }: ElasticPolicy): Advice {
  return {
    autoscaler: `ElasticPolicy ${metadata.name}`,
    from: replicas,
    to: status?.desiredReplicas ?? replicas,
    ...(status?.desiredSizes && { sizes: status.desiredSizes }),
    says: sayings(status?.conditions),
  };
}

/** Conditions may share what they say, one of them adding to it. */
function sayings(conditions: readonly { readonly message?: string }[] = []): readonly string[] {
  const all = conditions.flatMap(({ message }) => (message ? [message] : []));
  return all.filter((text, index) => !all.some((other, at) => at !== index && contains(other, text, at < index)));
}

/** Whether `other` says all of `text`; of two that are equal the first stays. */
function contains(other: string, text: string, isBefore: boolean): boolean {
  return other === text ? isBefore : other.includes(text);
}
