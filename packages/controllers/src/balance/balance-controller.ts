import { describeError, timestamp } from '@godwit/base';
import { type ApiClient, EventRecorder, type KindCache } from '@godwit/client';
import {
  type BalancePolicy,
  balancePolicy,
  type KubeObject,
  type Node,
  node,
  pod,
  type Stored,
  sleepOf,
  virtualMachineInstance,
} from '@godwit/kinds';
import {
  type BalancePlan,
  type PowerPlan,
  planBalance,
  planPower,
  type Situation,
  wasteOf,
  whyBusy,
} from '@godwit/planner';
import { nameOf, wake } from '../framework/index.ts';
import { after, done, type Outcome, type Reconciler, type Wake } from '../reconciler.ts';
import type { Machine } from '../scheduler/schedulable-machine.ts';
import { hostsInUse, sizesOf, wattsInUse } from './advice.ts';
import { ApiResizer } from './api-resizer.ts';
import { Hands } from './carry-out.ts';
import type { BalanceDrivers } from './drivers.ts';
import { rivalsOf } from './governed-hosts.ts';
import { recorded } from './kept/recorded.ts';
import { Shelf } from './kept/shelf.ts';
import { ApiMeter, type Meter, type Usages } from './meter.ts';
import { type Moment, momentOf } from './moment.ts';
import { type Observed, Observer } from './observe.ts';
import { PolicyMemory, SAMPLE_MS } from './policy-memory.ts';
import { policyStatus } from './policy-status.ts';
import { COMPONENT, whyReserveLacks } from './words.ts';

/**
 * Keeps hosts used as their BalancePolicy says. Every minute it looks at what machines use; as often as the policy
 * says it plans moves, power and sizes, writes the plan into the status, and carries it out where the policy says
 * `automatic` and there is a driver.
 */
export class BalanceController implements Reconciler {
  readonly name = 'balance';
  readonly workers = 1;
  readonly rescanMs = SAMPLE_MS;
  readonly wakes: readonly Wake[];
  readonly #client: ApiClient;
  readonly #policies: KindCache<BalancePolicy>;
  readonly #events: EventRecorder;
  readonly #observer: Observer;
  readonly #drivers: BalanceDrivers;
  readonly #hands: Hands;
  readonly #meter: Meter;
  readonly #known = new Map<string, Known>();

  constructor(
    client: ApiClient,
    drivers: BalanceDrivers = { resizer: new ApiResizer(client) },
    meter: Meter = new ApiMeter(client),
  ) {
    this.#client = client;
    this.#drivers = drivers;
    this.#meter = meter;
    this.#policies = client.cache(balancePolicy);
    this.#events = new EventRecorder(client, COMPONENT);
    this.#hands = new Hands(client, drivers, this.#events);
    this.#observer = new Observer(client);
    // A machine that finds no host while hosts sleep does not wait for the next round.
    const all = (): readonly string[] => [...this.#policies.values()].map(({ metadata }) => metadata.name);
    const needy = (machine: KubeObject): readonly string[] =>
      this.#observer.mayNeedWaking(machine as Machine) ? all() : [];
    const isAsleep = (item: Node): readonly string[] => (sleepOf(item) ? [FORSAKEN] : []);
    this.wakes = [
      // One that comes, goes or selects other hosts may take hosts from others, or leave them to others or to nobody.
      wake(this.#policies, (policy) => [...new Set([nameOf(policy), ...all(), FORSAKEN])]),
      wake(client.cache(node), isAsleep),
      wake(client.cache(pod), needy),
      wake(client.cache(virtualMachineInstance), needy),
    ];
  }

  async reconcile(name: string): Promise<Outcome> {
    if (name === FORSAKEN) return this.#wakeForsaken();
    const policy = this.#policies.get({ name });
    if (!policy || policy.metadata.deletionTimestamp) {
      this.#known.delete(name);
      return done;
    }
    if (isIdle(policy)) {
      // Only where machines are put is asked of this policy: nobody would read what is measured.
      this.#known.delete(name);
      await this.#tellIdle(policy);
      return done;
    }
    const now = momentOf(this.#client.world.clock);
    const known = await this.#recall(policy, now);
    const { memory, shelf } = known;
    const nowMs = now.monotonicMs;
    const dueMs = memory.plannedMs + memory.settings.intervalSeconds * 1000;
    const wanted = new Set(await this.#observer.hostsForWaiting(policy, this.#drivers.power, memory));
    const rivals = rivalsOf(policy, [...this.#policies.values()]);
    const isPlanDue = wanted.size > 0 || rivals !== memory.rivals || nowMs >= dueMs;
    memory.rivals = rivals;
    const isSampleDue = memory.isSampleDue(nowMs);
    if (isPlanDue || isSampleDue) {
      const observed = this.#observer.observe(policy);
      if (isSampleDue) memory.observe(await this.#usages(), observed.ids, now);
      // Before: what breaks half-way must not be carried out again at once.
      if (isPlanDue) memory.plannedMs = nowMs;
      if (isPlanDue) await this.#plan(policy, observed, known, wanted);
    }
    if (isSampleDue) await shelf.tend(policy, now);
    return after(SAMPLE_MS, 'machines are measured every minute');
  }

  /** A host that was put to sleep by a policy that is gone, or says no more that it switches hosts, would sleep for ever. */
  async #wakeForsaken(): Promise<Outcome> {
    const { power } = this.#drivers;
    if (!power) return done;
    const names = await this.#observer.forsaken(power);
    for (const name of names) await this.#hands.release(name, power);
    return names.length === 0 ? done : after(SAMPLE_MS, 'hosts that no policy switches are woken');
  }

  async #tellIdle({ metadata, spec, status }: Stored<BalancePolicy>): Promise<void> {
    const observedGeneration = metadata.generation ?? 0;
    if (status?.observedGeneration === observedGeneration) return;
    await new Shelf(this.#client, metadata.uid, new PolicyMemory(spec)).clear();
    await this.#client.resource(balancePolicy).modify(
      metadata,
      (draft) => {
        draft.status = { observedGeneration };
      },
      { subresource: 'status' },
    );
  }

  /** What is known of the policy; what another process knew is asked for first, and what stands in the API is read. */
  async #recall(policy: Stored<BalancePolicy>, now: Moment): Promise<Known> {
    const { name, uid } = policy.metadata;
    const spec = JSON.stringify(policy.spec);
    let known = this.#known.get(name);
    if (known?.uid !== uid) {
      const memory = new PolicyMemory(policy.spec);
      known = { uid, spec, memory, shelf: new Shelf(this.#client, uid, memory) };
      this.#known.set(name, known);
    }
    if (known.spec !== spec) known.memory.govern(policy.spec);
    known.spec = spec;
    if (!known.shelf.isRecalled) {
      await known.shelf.recall(now);
      known.memory.remember(recorded(this.#observer.observe(policy), name, now));
    }
    return known;
  }

  async #usages(): Promise<Usages> {
    try {
      return await this.#meter.read();
    } catch (error) {
      // A hole in the samples: what is known goes on to hold.
      this.#client.world.log.debug('use could not be measured', { error: describeError(error) });
      return new Map();
    }
  }

  async #plan(
    policy: Stored<BalancePolicy>,
    observed: Observed,
    { memory, shelf }: Known,
    wanted: ReadonlySet<string>,
  ): Promise<void> {
    const { machines, lostTo } = observed;
    if (memory.settings.powerMode === 'automatic') {
      await this.#hands.finishSleep(policy, await this.#observer.restless(observed, this.#drivers.power));
    }
    const situation = await this.#observer.situation(policy, observed, memory, this.#drivers.power);
    const plan = planBalance(situation, memory.settings);
    const waiting = situation.hosts.flatMap(({ name, open }, index) => (open && wanted.has(name) ? [index] : []));
    const power = powerPlan(situation, plan, waiting, memory);
    const sizes = policy.spec.rightSize?.mode === 'off' ? [] : sizesOf(machines, memory);
    const moved = await this.#hands.move(policy, situation, plan, machines, memory, shelf);
    const switched = await this.#hands.switchHosts(policy, situation, power, memory);
    const resized = await this.#hands.resize(policy, sizes, machines);
    const hindrance = moved.hindrance ?? switched.hindrance ?? resized.hindrance;
    const hosts = hostsInUse(situation);
    const prices = policy.spec.rightSize?.prices;
    const status = policyStatus({
      policy,
      situation,
      plan,
      power,
      settings: memory.settings,
      busy: whyBusy(situation, memory.settings, plan),
      storage: this.#observer.storage(observed, memory.settings.volumeUsage),
      carriedOut: moved.done || switched.done,
      ...(hindrance !== undefined && { hindrance }),
      watts: wattsInUse(hosts),
      sizes,
      waste: wasteOf({ machines: sizes, hosts, ...(prices && { prices }) }),
      lostTo,
      now: timestamp(this.#client.world.clock),
    });
    if (plan.gap && isNews(policy))
      this.#events.warning(policy, 'ReserveLost', whyReserveLacks(plan.gap, situation, NAMED));
    const write = (draft: { status?: BalancePolicy['status'] }) => {
      draft.status = status;
      return true;
    };
    await this.#client.resource(balancePolicy).modify(policy.metadata, write, { subresource: 'status' });
  }
}

/** What is known of a policy, and where it outlives the process. */
interface Known {
  readonly uid: string;
  /** As it said when it was looked at last. */
  spec: string;
  readonly memory: PolicyMemory;
  readonly shelf: Shelf;
}

/** Stands for the hosts that sleep and that no policy switches. No policy has this name. */
const FORSAKEN = '';

/** Nothing but placement: moves, power and sizes are off, and no reserve is asked for. */
function isIdle({ spec: { balance, power, rightSize, reserve } }: BalancePolicy): boolean {
  return reserve === undefined && [balance, power, rightSize].every((part) => part?.mode === 'off');
}

/** Most hosts that an event names. */
const NAMED = 5;

/** Whether the policy does not say already that its reserve is lost. */
function isNews({ status }: BalancePolicy): boolean {
  return status?.conditions?.find(({ type }) => type === 'ReserveHolds')?.status !== 'False';
}

/** While a host that was woken is not ready yet others are only woken for machines that wait: it may be what was missing. */
function powerPlan(
  situation: Situation,
  plan: BalancePlan,
  waiting: readonly number[],
  memory: PolicyMemory,
): PowerPlan {
  const { settings, wakingMs, forecastCpu } = memory;
  const patienceMs = 2 * settings.wakeSeconds * 1000;
  for (const [host, sinceMs] of wakingMs) {
    const ready = situation.hosts.some(({ name, power, open }) => name === host && power === 'on' && open);
    if (ready) wakingMs.delete(host);
    else if (situation.nowMs - sinceMs > patienceMs) memory.couldNotWake(host, situation.nowMs);
  }
  if (settings.powerMode === 'off') return { wake: [], sleep: [] };
  // Those were asked for with the ones that wake in mind.
  if (wakingMs.size > 0) return { wake: waiting.map((host) => ({ host, why: 'waiting' })), sleep: [] };
  return planPower(situation, settings, {
    ...(forecastCpu !== undefined && { forecastCpu }),
    asked: plan.wake,
    waiting,
  });
}
