import { matchesLabels, parseLabelSelector } from '@godwit/kinds';
import type { PlannedGroup, PlannedScaling } from '../plan/index.ts';
import type { ScenarioTime } from './scenario-time.ts';

/** A machine that has a part in a demand. */
export interface Worker {
  readonly name: string;
  readonly host: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** Ready, as its host says: one that still starts does nothing yet. */
  readonly ready: boolean;
}

/** How a load stands at one moment. */
export interface LoadNow {
  /** Processors that the demand needs, and those that serve it. */
  readonly neededCores: number;
  readonly servingCores: number;
  /** Of what serves, the share that is used: 1 at most, and nothing where nothing serves. */
  readonly used: number;
  readonly serving: number;
}

/** Where the machines of a group are that share a demand: beside no others, so that a namespace says which they are. */
export const namespaceOf = (group: string): string => `sim-${group}`;

/** Which machines somebody asks of: those of a namespace, and of a selector where there is one. */
export interface Asked {
  readonly namespace: string;
  readonly selector?: string | undefined;
}

/** The demand of one group, and the machines that it is divided over: by their size, as a load balancer with weights does. */
export class SharedLoad {
  readonly group: PlannedGroup;
  readonly scaling: PlannedScaling;
  /** Nobody measures it: autoscalers are told nothing. */
  blind = false;
  readonly #machines = new Map<string, Worker>();
  readonly #time: ScenarioTime;
  readonly #isOn: (host: string) => boolean;

  /** @param isOn whether a host has power */
  constructor(group: PlannedGroup, scaling: PlannedScaling, time: ScenarioTime, isOn: (host: string) => boolean) {
    this.group = group;
    this.scaling = scaling;
    this.#time = time;
    this.#isOn = isOn;
  }

  /** Where its machines are. */
  get namespace(): string {
    const { known, name } = this.group;
    return known ? (known.pattern.metadata.namespace ?? 'default') : namespaceOf(name);
  }

  /** Whether a selector within its namespace means it. Machines that are described are beside no others there. */
  isSelected(selector: string | undefined): boolean {
    const { known } = this.group;
    if (!known || selector === undefined) return true;
    return matchesLabels(parseLabelSelector(selector), known.pattern.metadata.labels);
  }

  put(uid: string, worker: Worker): void {
    this.#machines.set(uid, worker);
  }

  remove(uid: string): void {
    this.#machines.delete(uid);
  }

  /** What is to be done now, in the units of the demand: a second, where these are requests. */
  get demand(): number {
    return this.scaling.demand(this.#time.nowMs);
  }

  /** Machines that run on hosts with power, ready or not. */
  *running(): Iterable<Worker> {
    for (const worker of this.#machines.values()) if (this.#isOn(worker.host)) yield worker;
  }

  now(): LoadNow {
    const neededCores = this.demand / this.scaling.perCore;
    let [servingCores, serving] = [0, 0];
    for (const { ready, cores } of this.running()) {
      if (!ready) continue;
      serving++;
      servingCores += cores;
    }
    const used = servingCores > 0 ? Math.min(1, neededCores / servingCores) : 0;
    return { neededCores, servingCores, serving, used };
  }

  /** Processors that a machine of the group uses in the mean, as a share of what one asks for at first. */
  get meanShare(): number {
    const { servingCores, used } = this.now();
    const machines = [...this.running()].length;
    return machines > 0 ? (servingCores * used * 1000) / (machines * this.group.cpuMillis) : 0;
  }
}
