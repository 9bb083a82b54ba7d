import { describeError, timestamp } from '@godwit/base';
import { type ApiClient, EventRecorder, type KindCache, sameJson } from '@godwit/client';
import {
  type HorizontalPodAutoscaler,
  type HorizontalStatus,
  horizontalPodAutoscaler,
  parseQuantity,
  type Stored,
} from '@godwit/kinds';
import { decideHorizontal, type Limits, ScaleHistory, type WhyScaled, whyInEnglish } from '@godwit/planner';
import { nameOf, namespacedName, wake } from '../framework/index.ts';
import {
  BY_TARGET,
  horizontalCache,
  MachinesOfTarget,
  type MetricsSource,
  readScale,
  type ScaleTarget,
  targetKey,
  writeScale,
} from '../metrics-source/index.ts';
import { after, blocked, done, type Outcome, type Reconciler, type Wake } from '../reconciler.ts';
import { type Aspect, aspectsOf, currentMetrics, whyChanged, withAspects } from './horizontal-status.ts';
import { observeMetrics } from './observe-metrics.ts';

/** How often each autoscaler is looked at: Kubernetes' default. */
const PERIOD_MS = 15_000;
/** Kubernetes' defaults for what a spec leaves out. */
const TOLERANCE = 0.1;
const DOWN_WINDOW_SECONDS = 300;

/** What is remembered of one autoscaler, by its uid. */
interface Memory {
  readonly history: ScaleHistory;
  lookedAtMs: number;
  generation: number;
}

export class HorizontalPodAutoscalerReconciler implements Reconciler {
  readonly name = 'horizontal-pod-autoscaler';
  readonly wakes: readonly Wake[];
  readonly #client: ApiClient;
  readonly #metrics: MetricsSource;
  readonly #events: EventRecorder;
  readonly #scalers: KindCache<HorizontalPodAutoscaler>;
  readonly #machines: MachinesOfTarget;
  readonly #memories = new Map<string, Memory>();

  constructor(client: ApiClient, metrics: MetricsSource) {
    this.#client = client;
    this.#metrics = metrics;
    this.#events = new EventRecorder(client, this.name);
    this.#scalers = horizontalCache(client);
    this.#machines = new MachinesOfTarget(client);
    this.#scalers.subscribe((change) => {
      if (change.type === 'removed') this.#memories.delete(change.before.metadata.uid);
    });
    // Whoever gives a target up makes way for others of its namespace.
    this.wakes = [wake(this.#scalers), wake(this.#scalers, (scaler) => this.#sameTarget(scaler).map(nameOf))];
  }

  async reconcile(name: string, signal: AbortSignal): Promise<Outcome> {
    const scaler = this.#scalers.get(namespacedName(name));
    if (!scaler || scaler.metadata.deletionTimestamp !== undefined) return done;
    const rivals = this.#rivalsOf(scaler);
    if (rivals.length > 0) {
      const why = `${scaler.spec.scaleTargetRef.kind} ${scaler.spec.scaleTargetRef.name} is scaled by several: ${rivals.join(', ')} as well`;
      const message = `${why}; none of them does anything until there is one`;
      await this.#write(scaler, [{ type: 'ScalingActive', status: 'False', reason: 'AmbiguousSelector', message }], {});
      return blocked(rivals.join(', '), why);
    }
    const nowMs = this.#client.world.clock.monotonic();
    const memory = this.#memoryOf(scaler);
    const { generation = 0 } = scaler.metadata;
    // Its own status wakes it as well; only a new spec is looked at before the time.
    const earlyMs = memory.lookedAtMs + PERIOD_MS - nowMs;
    if (memory.generation === generation && earlyMs > 0) return after(earlyMs, 'looked at a moment ago');
    memory.lookedAtMs = nowMs;
    memory.generation = generation;
    await this.#look(scaler, memory.history, nowMs, signal);
    return after(PERIOD_MS, 'metrics are looked at regularly');
  }

  /** All with the same target, itself among them. */
  #sameTarget({ metadata, spec }: HorizontalPodAutoscaler): readonly Stored<HorizontalPodAutoscaler>[] {
    return [...this.#scalers.by(BY_TARGET, targetKey(metadata.namespace, spec.scaleTargetRef))];
  }

  /** Kubernetes' rule: of several with one target none acts, since each would undo what another did. */
  #rivalsOf(scaler: Stored<HorizontalPodAutoscaler>): readonly string[] {
    const others = this.#sameTarget(scaler).filter(({ metadata }) => metadata.uid !== scaler.metadata.uid);
    return others.map(({ metadata }) => metadata.name).toSorted();
  }

  #memoryOf({ metadata }: Stored<HorizontalPodAutoscaler>): Memory {
    let memory = this.#memories.get(metadata.uid);
    if (!memory) {
      memory = { history: new ScaleHistory(), lookedAtMs: Number.NEGATIVE_INFINITY, generation: -1 };
      this.#memories.set(metadata.uid, memory);
    }
    return memory;
  }

  async #look(
    scaler: Stored<HorizontalPodAutoscaler>,
    history: ScaleHistory,
    nowMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { spec, metadata } = scaler;
    let target: ScaleTarget;
    try {
      target = await readScale(this.#client, spec.scaleTargetRef, metadata.namespace ?? '');
    } catch (error) {
      const message = describeError(error);
      this.#events.warning(scaler, 'FailedGetScale', message);
      return this.#write(scaler, [{ type: 'AbleToScale', status: 'False', reason: 'FailedGetScale', message }], {});
    }
    const specs = spec.metrics ?? [];
    const selection = { kind: target.machines, namespace: metadata.namespace ?? '', selector: target.selector };
    const machines = this.#machines.find(selection);
    const observed = await observeMetrics(scaler, machines, this.#metrics, this.#client.world.clock.now(), signal);
    const counts = { current: target.wanted, ready: readyOf(machines) };
    const question = { counts, limits: limitsOf(spec), tolerance: toleranceOf(spec), metrics: observed };
    const answer = decideHorizontal(question, history, nowMs);
    const aspects: Aspect[] = [
      { type: 'AbleToScale', status: 'True', reason: 'SucceededGetScale', message: 'the target can be read' },
      ...aspectsOf(answer, specs, observed),
    ];
    const found = { currentReplicas: target.present, currentMetrics: currentMetrics(specs, answer.proposals) };
    if (answer.replicas === target.wanted) {
      if (answer.by === 'unknown') this.#tellUnknown(scaler, aspects);
      return this.#write(scaler, aspects, { ...found, desiredReplicas: answer.replicas });
    }
    const why = whyChanged(answer, scaler, observed);
    const scaled = await this.#scale(scaler, target, answer.replicas, why);
    if (scaled.status === 'True') history.changed(target.wanted, answer.replicas, nowMs);
    const lastScaleTime = scaled.status === 'True' ? { lastScaleTime: timestamp(this.#client.world.clock) } : {};
    await this.#write(scaler, [...aspects, scaled], { ...found, ...lastScaleTime, desiredReplicas: answer.replicas });
  }

  #tellUnknown(scaler: HorizontalPodAutoscaler, aspects: readonly Aspect[]): void {
    const active = aspects.find(({ type }) => type === 'ScalingActive');
    if (active) this.#events.warning(scaler, active.reason, active.message);
  }

  async #scale(
    scaler: HorizontalPodAutoscaler,
    target: ScaleTarget,
    replicas: number,
    why: WhyScaled,
  ): Promise<Aspect> {
    const reason = whyInEnglish(why);
    try {
      const policy = `HorizontalPodAutoscaler ${scaler.metadata.name}`;
      await writeScale(this.#client, target, replicas, { by: this.name, policy, why });
    } catch (error) {
      const message = describeError(error);
      this.#events.warning(scaler, 'FailedRescale', `New size: ${replicas}; reason: ${reason}; error: ${message}`);
      return { type: 'AbleToScale', status: 'False', reason: 'FailedUpdateScale', message };
    }
    this.#events.normal(scaler, 'SuccessfulRescale', `New size: ${replicas}; reason: ${reason}`);
    const message = `the target was set to ${replicas}: ${reason}`;
    return { type: 'AbleToScale', status: 'True', reason: 'SucceededRescale', message };
  }

  async #write(
    scaler: Stored<HorizontalPodAutoscaler>,
    aspects: readonly Aspect[],
    found: Partial<HorizontalStatus>,
  ): Promise<void> {
    const { status: before, metadata } = scaler;
    // Of two that speak of the same, the later counts.
    const latest = [...new Map(aspects.map((aspect) => [aspect.type, aspect])).values()];
    const status: HorizontalStatus = {
      ...before,
      ...found,
      desiredReplicas: found.desiredReplicas ?? before?.desiredReplicas ?? 0,
      observedGeneration: metadata.generation ?? 0,
      conditions: withAspects(before?.conditions, latest, timestamp(this.#client.world.clock)),
    };
    if (sameJson(status, before)) return;
    await this.#client.resource(horizontalPodAutoscaler).updateStatus({ ...scaler, status });
  }
}

function readyOf({ pods, instances }: ReturnType<MachinesOfTarget['find']>): number {
  const readyPods = pods.filter(({ status }) =>
    status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
  );
  return readyPods.length + instances.filter(({ state }) => state === 'ready').length;
}

function limitsOf({ minReplicas = 1, maxReplicas, behavior }: HorizontalPodAutoscaler['spec']): Limits {
  const usualUp = {
    policies: [
      { type: 'Pods' as const, value: 4, periodSeconds: 15 },
      { type: 'Percent' as const, value: 100, periodSeconds: 15 },
    ],
  };
  const usualDown = { stabilizationWindowSeconds: DOWN_WINDOW_SECONDS };
  return {
    minimum: minReplicas,
    maximum: maxReplicas,
    up: { ...usualUp, ...behavior?.scaleUp },
    down: { ...usualDown, ...behavior?.scaleDown },
  };
}

function toleranceOf({ behavior }: HorizontalPodAutoscaler['spec']) {
  return {
    up: parseQuantity(behavior?.scaleUp?.tolerance) ?? TOLERANCE,
    down: parseQuantity(behavior?.scaleDown?.tolerance) ?? TOLERANCE,
  };
}
