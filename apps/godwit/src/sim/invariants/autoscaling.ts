import type { ElasticPolicy, HorizontalPodAutoscaler, KubeObject, Stored } from '@godwit/kinds';
import { isAction } from '@godwit/planner';
import type { ObjectChange } from '../cloud/api-view.ts';
import { newestOf } from './decisions.ts';
import { type Invariant, type InvariantContext, nameOf, Violation } from './invariant.ts';
import { judgedWithinMs } from './judged-within.ts';

type Scaler = Stored<HorizontalPodAutoscaler> | Stored<ElasticPolicy>;

interface Scaled extends KubeObject {
  readonly spec?: { readonly replicas?: number };
}

interface Known {
  readonly scaler: Scaler;
  /** Since when it says what it says. */
  readonly sinceMs: number;
}

/** What an autoscaler asks of its target, whichever kind it is. */
interface Rules {
  readonly target: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly windowMs: number;
  /** What it does when nothing can be measured has no window. */
  readonly steady: boolean;
}

const plurals = ['horizontalpodautoscalers', 'elasticpolicies'];

/**
 * Autoscalers do not fight: of several with one target one acts by the rule (a HorizontalPodAutoscaler before every
 * ElasticPolicy, of these the oldest; of two HorizontalPodAutoscalers none), each stays within its bounds, and none
 * takes away within its stabilisation window what it has just added.
 */
export class Autoscaling implements Invariant {
  readonly name = 'autoscaling';
  readonly #context: InvariantContext;
  readonly #known = new Map<string, Known>();
  /** UID of a scaler → how far it went up last, and when. */
  readonly #raised = new Map<string, { readonly to: number; readonly atMs: number }>();

  constructor(context: InvariantContext) {
    this.#context = context;
    context.cloud.view.listen({ changed: (change) => this.#changed(change) });
  }

  #changed({ key, plural, before, after }: ObjectChange): void {
    if (plurals.includes(plural)) this.#noteScaler(key, before, after as Scaler | undefined);
    if (!after) return;
    const record = newestOf(before, after);
    if (!record || !isAction(record) || record.do !== 'scale') return;
    const [from, to] = [before, after].map((object) => (object as Scaled | undefined)?.spec?.replicas ?? 1);
    const name = record.policy.replace('HorizontalPodAutoscaler ', '');
    const kind = record.by === 'elastic-policy' ? 'ElasticPolicy' : 'HorizontalPodAutoscaler';
    this.#judge(kind, name, after, from as number, to as number);
  }

  #noteScaler(key: string, before: KubeObject | undefined, after: Scaler | undefined): void {
    if (!after) this.#known.delete(key);
    else if (before?.metadata.generation !== after.metadata.generation || before?.metadata.uid !== after.metadata.uid) {
      this.#known.set(key, { scaler: after, sinceMs: this.#context.nowMs() });
      this.#raised.delete(after.metadata.uid);
    }
  }

  #judge(kind: string, name: string, target: KubeObject, from: number, to: number): void {
    const { nowMs } = this.#context;
    const { namespace } = target.metadata;
    // What has been so for a while was known to whoever decided.
    const settledMs = nowMs() - judgedWithinMs(this.#context.cloud, nowMs());
    const settled = [...this.#known.values()].filter(({ sinceMs }) => sinceMs < settledMs);
    const own = settled.find(({ scaler }) => scaler.kind === kind && scaler.metadata.name === name)?.scaler;
    if (!own) return;
    const rules = rulesOf(own);
    const who = nameOf(own);
    for (const { scaler } of settled) {
      if (scaler === own || scaler.metadata.namespace !== namespace || rulesOf(scaler).target !== rules.target)
        continue;
      if (goesBefore(scaler, own))
        this.#violated(`${who} has scaled ${nameOf(target)}, which ${nameOf(scaler)} scales`);
    }
    if (to < rules.minimum || to > rules.maximum) {
      this.#violated(`${who} has set ${nameOf(target)} to ${to}, between ${rules.minimum} and ${rules.maximum}`);
    }
    const raised = this.#raised.get(own.metadata.uid);
    const shortestMs = rules.windowMs - judgedWithinMs(this.#context.cloud, nowMs());
    if (rules.steady && to < from && raised && to < raised.to && nowMs() - raised.atMs < shortestMs) {
      const seconds = Math.round((nowMs() - raised.atMs) / 1000);
      this.#violated(`${who} has set ${nameOf(target)} to ${to}, ${seconds} s after it had set it to ${raised.to}`);
    }
    if (to > from) this.#raised.set(own.metadata.uid, { to, atMs: nowMs() });
  }

  #violated(message: string): void {
    this.#context.report(new Violation(this.name, message));
  }
}

function rulesOf(scaler: Scaler): Rules {
  const { spec } = scaler;
  const windowMs = (seconds: number | undefined, usual: number) => 1000 * (seconds ?? usual);
  const down = spec.behavior?.scaleDown?.stabilizationWindowSeconds;
  if ('targetRef' in spec) {
    const { targetRef, out, lost } = spec;
    return {
      target: `${targetRef.kind} ${targetRef.name}`,
      minimum: Math.min(out?.minReplicas ?? 1, lost?.replicas ?? Number.POSITIVE_INFINITY),
      maximum: out?.maxReplicas ?? Number.POSITIVE_INFINITY,
      windowMs: windowMs(down, 60),
      steady: lost === undefined,
    };
  }
  const { scaleTargetRef, minReplicas = 1, maxReplicas } = spec;
  const target = `${scaleTargetRef.kind} ${scaleTargetRef.name}`;
  return { target, minimum: minReplicas, maximum: maxReplicas, windowMs: windowMs(down, 300), steady: true };
}

/** Whether `own` must not act while `other` is there. */
function goesBefore(other: Scaler, own: Scaler): boolean {
  if (other.kind !== own.kind) return other.kind === 'HorizontalPodAutoscaler';
  if (own.kind === 'HorizontalPodAutoscaler') return true;
  const age = ({ metadata }: Scaler) => `${metadata.creationTimestamp} ${metadata.name}`;
  return age(other) < age(own);
}
