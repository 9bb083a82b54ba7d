import { isPodFinished, movingTo, type Pod, type VirtualMachineInstance } from '@godwit/kinds';
import type { Station } from '../cloud/simulated-cloud.ts';
import { type Invariant, type InvariantContext, nameOf, Violation } from './invariant.ts';
import { runningMachines } from './running-machines.ts';

/** No host is switched off with machines on it, running or bound, and never one that the control plane needs. */
export class SleepingHosts implements Invariant {
  readonly name = 'sleeping-hosts';
  readonly #context: InvariantContext;

  constructor(context: InvariantContext) {
    this.#context = context;
    context.cloud.onSleep = (station) => this.#judge(station);
  }

  #judge({ host: { name } }: Station): void {
    const { cloud } = this.#context;
    if (name === cloud.stations[0]?.host.name) this.#violated(`${name} is switched off, and the API runs there`);
    for (const { host, kind, uid } of runningMachines(cloud)) {
      if (host === name) this.#violated(`${name} is switched off while ${kind} ${uid} runs on it`);
    }
    for (const pod of cloud.view.all<Pod>('pods')) {
      if (pod.spec.nodeName === name && !isPodFinished(pod))
        this.#violated(`${name} is switched off with ${nameOf(pod)}`);
    }
    for (const instance of cloud.view.all<VirtualMachineInstance>('virtualmachineinstances')) {
      const { phase, nodeName } = instance.status ?? {};
      const ended = phase === 'Succeeded' || phase === 'Failed';
      if (nodeName === name && !ended) this.#violated(`${name} is switched off with ${nameOf(instance)}`);
      if (movingTo(instance) === name) this.#violated(`${name} is switched off while ${nameOf(instance)} comes`);
    }
  }

  #violated(message: string): void {
    this.#context.report(new Violation(this.name, message));
  }
}
