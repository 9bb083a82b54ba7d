import { describeError, hasCode, timestamp } from '@godwit/base';
import { type ApiClient, EventRecorder, type KindCache, sameJson } from '@godwit/client';
import {
  type ElasticPolicy,
  type ElasticPolicyStatus,
  elasticPolicy,
  type HorizontalPodAutoscaler,
  type Node,
  node,
  resourceOfMetric,
  type Stored,
  waitingServices,
  wakingServices,
} from '@godwit/kinds';
import {
  decideElastic,
  type ElasticAnswer,
  type ElasticMetric,
  type Shape,
  unknownInEnglish,
  type WhyScaled,
  whyInEnglish,
} from '@godwit/planner';
import { nameOf, namespacedName, wake } from '../framework/index.ts';
import {
  BY_TARGET,
  BY_WAKING_SERVICE,
  elasticCache,
  horizontalCache,
  MachinesOfTarget,
  type MetricsSource,
  targetKey,
} from '../metrics-source/index.ts';
import { after, blocked, done, type Outcome, type Reconciler, type Wake } from '../reconciler.ts';
import { PolicyMemory } from './elastic-memory.ts';
import { algorithmOf, aWaitingRequest, boundsOf, rulesOf, usual } from './elastic-question.ts';
import { type Aspect, aspectsOf, shapeText, sizesText, unable, withAspects, withoutNews } from './elastic-status.ts';
import { type ElasticTarget, readTarget } from './elastic-target.ts';
import { LearnedForecasts } from './learned.ts';
import { observeLoad } from './observe-load.ts';
import { rivalOf } from './rival.ts';
import { whyScaled } from './why-scaled.ts';

/** How often each policy is looked at: a step of the load is answered within that, and the start of a machine. */
const PERIOD_MS = 2_000;
/** How often a target is looked at whose machines cannot be what the policy says: somebody has to change them first. */
const REST_MS = 30_000;
/** What was measured is news no more often than this, unless something came of it. */
const NEWS_MS = 15_000;
/** Index of hosts by the Services for which requests wait at their load balancers: `namespace/name`. */
const BY_WAITING_SERVICE = 'waiting service';

export class ElasticPolicyReconciler implements Reconciler {
  readonly name = 'elastic-policy';
  readonly wakes: readonly Wake[];
  readonly #client: ApiClient;
  readonly #metrics: MetricsSource;
  readonly #events: EventRecorder;
  readonly #policies: KindCache<ElasticPolicy>;
  readonly #autoscalers: KindCache<HorizontalPodAutoscaler>;
  readonly #nodes: KindCache<Node>;
  readonly #machines: MachinesOfTarget;
  readonly #learned: LearnedForecasts;
  readonly #memories = new Map<string, PolicyMemory>();

  constructor(client: ApiClient, metrics: MetricsSource) {
    this.#client = client;
    this.#metrics = metrics;
    this.#events = new EventRecorder(client, this.name);
    this.#policies = elasticCache(client);
    this.#autoscalers = horizontalCache(client);
    this.#nodes = client.cache(node, { [BY_WAITING_SERVICE]: waitingServices });
    this.#machines = new MachinesOfTarget(client);
    this.#learned = new LearnedForecasts(client);
    this.#policies.subscribe((change) => {
      if (change.type === 'removed') this.#memories.delete(change.before.metadata.uid);
    });
    // Whoever gives a target up makes way for others of its namespace.
    const neighbours = ({ metadata, spec }: HorizontalPodAutoscaler | ElasticPolicy) => {
      const target = 'targetRef' in spec ? spec.targetRef : spec.scaleTargetRef;
      return [...this.#policies.by(BY_TARGET, targetKey(metadata.namespace, target))].map(nameOf);
    };
    this.wakes = [
      wake(this.#policies),
      wake(this.#policies, neighbours),
      wake(this.#autoscalers, neighbours),
      wake(this.#nodes, (item) => this.#wokenBy(item)),
    ];
  }

  /** Policies that are told of requests that wait at a host's load balancer. */
  #wokenBy(item: Node): readonly string[] {
    return waitingServices(item).flatMap((service) => [...this.#policies.by(BY_WAKING_SERVICE, service)].map(nameOf));
  }

  /** Whether a request waits that nobody but the target of this policy can serve. */
  #isAwaited(policy: Stored<ElasticPolicy>): boolean {
    return wakingServices(policy).some((service) => [...this.#nodes.by(BY_WAITING_SERVICE, service)].length > 0);
  }

  async reconcile(name: string, signal: AbortSignal): Promise<Outcome> {
    const policy = this.#policies.get(namespacedName(name));
    if (!policy || policy.metadata.deletionTimestamp !== undefined) return done;
    const { namespace, uid, generation = 0 } = policy.metadata;
    const target = targetKey(namespace, policy.spec.targetRef);
    const rival = rivalOf(policy, this.#policies.by(BY_TARGET, target), this.#autoscalers.by(BY_TARGET, target));
    if (rival !== undefined) {
      const why = `${rival} scales the same target`;
      await this.#write(policy, unable('TargetTaken', `${why}; this policy does nothing until that is gone`), {});
      return blocked(rival, why);
    }
    const memory = this.#memories.get(uid) ?? new PolicyMemory();
    this.#memories.set(uid, memory);
    const nowMs = this.#client.world.clock.monotonic();
    const earlyMs = memory.lookedAtMs + memory.restMs - nowMs;
    const awaited = this.#isAwaited(policy);
    const isNews = memory.generation !== generation || (awaited && !memory.awaited);
    if (!isNews && earlyMs > 0) return after(earlyMs, 'looked at a moment ago');
    memory.lookedAtMs = nowMs;
    memory.generation = generation;
    memory.awaited = awaited;
    await this.#learned.tend(policy, memory, nowMs);
    memory.restMs = PERIOD_MS;
    await this.#look(policy, memory, nowMs, signal);
    return after(memory.restMs, 'metrics are looked at regularly');
  }

  async #look(
    policy: Stored<ElasticPolicy>,
    memory: PolicyMemory,
    monotonicMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    let target: ElasticTarget;
    try {
      target = await readTarget(this.#client, this.#machines, policy);
    } catch (error) {
      return this.#tellUnable(policy, memory, error);
    }
    const { spec } = policy;
    const wallMs = this.#client.world.clock.now();
    const { schedule, ...bounds } = boundsOf(spec, target.shape, wallMs);
    const told = await this.#observe(policy, target, memory, bounds, { monotonicMs, wallMs }, signal);
    const metrics = memory.awaited ? [...told, aWaitingRequest] : told;
    const { idleSeconds = usual.idleSeconds, lost } = spec;
    const question = {
      metrics,
      now: target.shape,
      ready: target.ready,
      bounds,
      ...rulesOf(spec),
      idleMs: idleSeconds * 1000,
      ...(lost && { lost: { afterMs: lost.afterSeconds * 1000, replicas: lost.replicas } }),
    };
    const answer = decideElastic(question, memory.decisions, monotonicMs);
    const why = whyScaled(answer, { metrics, specs: spec.metrics, sizes: bounds.sizes, schedule });
    const [able, scaled] = await this.#apply(policy, target, answer, why);
    if (scaled) memory.decisions.done(answer.parts, monotonicMs);
    const aspects = [
      ...aspectsOf(answer, whyInEnglish(why)).filter(({ type }) => !able.some((one) => one.type === type)),
      ...able,
    ];
    const status = found(policy, target, answer.shape, told, scaled, this.#now());
    const quiet = monotonicMs - memory.wroteAtMs < NEWS_MS;
    if (await this.#write(policy, aspects, status, quiet)) memory.wroteAtMs = monotonicMs;
  }

  async #tellUnable(policy: Stored<ElasticPolicy>, memory: PolicyMemory, error: unknown): Promise<void> {
    const message = describeError(error);
    const isLasting = hasCode(error, 'not-resizable');
    const reason = isLasting ? 'NotResizable' : 'FailedGetScale';
    if (isLasting) memory.restMs = REST_MS;
    const isKnown = policy.status?.conditions?.some((one) => one.reason === reason && one.message === message);
    if (!isLasting || !isKnown) this.#events.warning(policy, reason, message);
    await this.#write(policy, unable(reason, message), {});
  }

  #observe(
    { spec }: Stored<ElasticPolicy>,
    target: ElasticTarget,
    memory: PolicyMemory,
    bounds: ReturnType<typeof boundsOf>,
    now: { readonly monotonicMs: number; readonly wallMs: number },
    signal: AbortSignal,
  ): Promise<readonly ElasticMetric[]> {
    return Promise.all(
      spec.metrics.map(async (metric): Promise<ElasticMetric> => {
        const load = await observeLoad(metric, target.machines, this.#metrics, now.wallMs, signal);
        const resource = resourceOfMetric(metric);
        const size = bounds.sizes[resource];
        const each = size ? (target.shape.sizes[resource] ?? size.minimum) / size.minimum : 1;
        const most = size ? Math.floor((bounds.maximum * size.maximum) / size.minimum) : bounds.maximum;
        const told = 'failure' in load ? undefined : load;
        const forecast = memory.foretell(metric, spec, told, target.ready * each, now);
        const algorithm = algorithmOf(metric, most);
        return { name: metric.name, resource, algorithm, load, ...(forecast !== undefined && { forecast }) };
      }),
    );
  }

  /** Makes it so, and tells it. Answers what there is to say of a failure, and whether anything was changed. */
  async #apply(
    policy: Stored<ElasticPolicy>,
    target: ElasticTarget,
    answer: ElasticAnswer,
    why: WhyScaled,
  ): Promise<[able: readonly Aspect[], scaled: boolean]> {
    const { name } = policy.metadata;
    try {
      const reason = { by: this.name, policy: name, why };
      if (!(await target.apply(answer.shape, reason))) return [[], false];
      const text = `${shapeText(target.shape)} → ${shapeText(answer.shape)}, because ${whyInEnglish(why)}`;
      this.#events.normal(policy, answer.by === 'wake' ? 'Woken' : 'Scaled', text);
      return [[], true];
    } catch (error) {
      const message = describeError(error);
      this.#events.warning(policy, 'FailedRescale', `${shapeText(answer.shape)}: ${message}`);
      return [unable('FailedUpdateScale', message), false];
    }
  }

  #now(): string {
    return timestamp(this.#client.world.clock);
  }

  /** `quiet`: only other figures are not worth a write. Answers whether it wrote. */
  async #write(
    policy: Stored<ElasticPolicy>,
    aspects: readonly Aspect[],
    found: Partial<ElasticPolicyStatus>,
    quiet = false,
  ): Promise<boolean> {
    const status: ElasticPolicyStatus = {
      ...policy.status,
      ...found,
      observedGeneration: policy.metadata.generation ?? 0,
      conditions: withAspects(policy, aspects, this.#now()),
    };
    if (sameJson(quiet ? withoutNews(status, policy.status) : status, policy.status)) return false;
    await this.#client.resource(elasticPolicy).updateStatus({ ...policy, status });
    return true;
  }
}

function found(
  { status }: Stored<ElasticPolicy>,
  target: ElasticTarget,
  wanted: Shape,
  metrics: readonly ElasticMetric[],
  scaled: boolean,
  now: string,
): Partial<ElasticPolicyStatus> {
  return {
    replicas: target.present,
    desiredReplicas: wanted.replicas,
    sizes: sizesText(target.shape.sizes),
    desiredSizes: sizesText(wanted.sizes),
    metrics: metrics.map(({ name, load }) =>
      'failure' in load
        ? { name, failure: unknownInEnglish(load.failure) }
        : { name, value: String(Number(load.value.toPrecision(4))) },
    ),
    ...(scaled ? { lastScaleTime: now } : status?.lastScaleTime && { lastScaleTime: status.lastScaleTime }),
  };
}
