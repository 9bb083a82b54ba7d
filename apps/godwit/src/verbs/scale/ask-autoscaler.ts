import { Failure } from '@godwit/base';
import type { ApiClient } from '@godwit/client';
import { elasticPolicy, horizontalPodAutoscaler, type KubeObject } from '@godwit/kinds';
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

/**
 * Asks who scales a target: a HorizontalPodAutoscaler goes before an ElasticPolicy. They learn, remember what they
 * recommended, and decide every few seconds: what they decided last is better than what a novice with their spec would.
 */
export async function askAutoscaler(client: ApiClient, target: Target): Promise<Advice> {
  const { namespace = '' } = target.address;
  const [horizontals, elastics] = await Promise.all([
    client.resource(horizontalPodAutoscaler).list({ namespace }),
    client.resource(elasticPolicy).list({ namespace }),
  ]);
  const horizontal = horizontals.items.find(({ spec }) => isAbout(spec.scaleTargetRef, target));
  if (horizontal) return adviceOf(target, horizontalPodAutoscaler.kind, horizontal);
  const elastic = elastics.items.filter(({ spec }) => isAbout(spec.targetRef, target)).toSorted(byAge)[0];
  if (elastic) return adviceOf(target, elasticPolicy.kind, elastic);
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

interface Autoscaler extends KubeObject {
  readonly status?: {
    readonly desiredReplicas?: number;
    readonly desiredSizes?: Readonly<Record<string, string | number>>;
    readonly conditions?: readonly { readonly message?: string }[];
  };
}

function adviceOf({ replicas }: Target, kind: string, { metadata, status = {} }: Autoscaler): Advice {
  const { conditions, desiredReplicas = replicas, desiredSizes } = status;
  // Before its first look it has said nothing, and 0 is no decision.
  const to = conditions ? desiredReplicas : replicas;
  return {
    autoscaler: `${kind} ${metadata.name}`,
    from: replicas,
    to,
    ...(desiredSizes && { sizes: desiredSizes }),
    says: conditions ? sayings(conditions) : ['it has not looked yet'],
  };
}

/** Conditions may share what they say, one of them adding to it. */
function sayings(conditions: readonly { readonly message?: string }[]): readonly string[] {
  const all = conditions.flatMap(({ message }) => (message ? [message] : []));
  return all.filter((text, index) => !all.some((other, at) => at !== index && contains(other, text, at < index)));
}

/** Whether `other` says all of `text`; of two that are equal the first stays. */
function contains(other: string, text: string, isBefore: boolean): boolean {
  return other === text ? isBefore : other.includes(text);
}
