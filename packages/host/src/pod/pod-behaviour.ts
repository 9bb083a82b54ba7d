import { codeOf, describeError, hasCode } from '@godwit/base';
import type { Pod, Stored } from '@godwit/kinds';
import type { Behaviour, Step, Tick } from '../machine/index.ts';
import { addressesOf } from '../machine/machine-addresses.ts';
import { performHook, performProbe } from './ask-container.ts';
import { containerName } from './container-labels.ts';
import { planOf } from './container-plan.ts';
import { resourcesOf } from './container-request.ts';
import { failureReason } from './failure-reason.ts';
import { movedInTime } from './moved-in-time.ts';
import { hostnameOf } from './network-files.ts';
import type { PodAction, PodInput } from './pod-input.ts';
import { podRecord } from './pod-record.ts';
import type { PodState } from './pod-state.ts';
import { stepPod } from './pod-step.ts';
import type { PodTools } from './pod-tools.ts';
import { startContainer } from './start-container.ts';

/** What pods do: the pure step, and its actions carried out with the tools of this host. */
export class PodBehaviour implements Behaviour<PodState, PodInput, PodAction> {
  readonly #tools: PodTools;
  readonly #uid: string;
  /** The object as last heard of; the step's state has the same. */
  readonly #pod: () => Stored<Pod> | undefined;

  constructor(tools: PodTools, uid: string, pod: () => Stored<Pod> | undefined) {
    this.#tools = tools;
    this.#uid = uid;
    this.#pod = pod;
  }

  step(state: PodState, input: PodInput | Tick, nowMs: number): Step<PodState, PodAction> {
    return stepPod(state, input, nowMs);
  }

  movedInTime(state: PodState, byMs: number): PodState {
    return movedInTime(state, byMs);
  }

  record(state: PodState): unknown {
    return podRecord(state);
  }

  failed(action: PodAction, error: unknown): PodInput {
    const { reason, startError, event } = failureReason(action, error);
    const message = describeError(error);
    const pod = this.#pod();
    if (pod && event) {
      const container = 'container' in action ? { container: action.container } : {};
      this.#tools.reporter.event(pod, { level: 'Warning', reason: event, message, ...container });
    }
    // A pod that is gone from the API is no longer ours to write about: news of its end are on their way.
    const expected = action.type === 'write-status' && hasCode(error, 'Forbidden');
    if (!event && !expected) {
      this.#tools.world.log.warn('an action of a pod failed', { pod: this.#uid, action: action.type, error: message });
    }
    return { type: 'failed', lane: action.lane ?? '', action, reason, message, startError };
  }

  async perform(action: PodAction, signal: AbortSignal): Promise<PodInput | undefined> {
    const { containers, network, folders, reporter, world } = this.#tools;
    switch (action.type) {
      case 'attach':
        return { type: 'attached', namespacePath: await this.#attach() };
      case 'detach':
        await network.detach(this.#uid);
        return { type: 'detached' };
      case 'mount':
        return { type: 'mounted', version: action.version, ...(await folders.mount(this.#known())) };
      case 'remove-volumes':
        await folders.remove(this.#uid, action.keep);
        return { type: 'volumes-removed' };
      case 'start':
        return startContainer(this.#tools, this.#known(), action, signal);
      case 'remove':
        await containers.remove(action.id ?? containerName(this.#uid, action.container, action.attempt));
        return { type: 'removed', container: action.container, attempt: action.attempt };
      case 'remove-leftovers':
        for (const id of action.ids) await containers.remove(id);
        return { type: 'leftovers-removed', ids: action.ids };
      case 'signal': {
        await containers.signal(action.id, action.signal);
        const { container, attempt } = action;
        return { type: 'signalled', container, attempt, killed: action.signal === 'SIGKILL' };
      }
      case 'resize':
        return this.#resize(action);
      case 'inspect':
        return this.#inspect(action);
      case 'hook':
        return performHook(this.#tools, this.#known(), action, signal);
      case 'probe':
        return performProbe(this.#tools, this.#known(), action, signal);
      case 'measure':
        return { type: 'measured', excess: await folders.storageExcess(this.#known()) };
      case 'drain':
        await this.#drain(action.timeoutMs);
        return { type: 'drained' };
      case 'write-status':
        await reporter.writeStatus(this.#known(), action.status);
        return { type: 'status-written', status: action.status };
      case 'report-gone':
        await reporter.reportGone(this.#known());
        return { type: 'reported' };
      default: {
        const pod = this.#pod();
        if (pod) reporter.event(pod, action.event);
        world.log.debug(action.event.message, { pod: this.#uid, reason: action.event.reason });
        return undefined;
      }
    }
  }

  #known(): Stored<Pod> {
    const pod = this.#pod();
    if (pod === undefined) throw new Error(`nothing is known of pod ${this.#uid}`);
    return pod;
  }

  async #attach(): Promise<string> {
    const pod = this.#known();
    if (pod.spec.hostNetwork) return 'host';
    const [address] = addressesOf(pod);
    if (address === undefined) throw new Error('the pod has no address yet');
    const port = await this.#tools.network.attach({
      machineUid: this.#uid,
      machineName: pod.metadata.name,
      namespace: pod.metadata.namespace ?? '',
      type: 'namespace',
      interfaceName: 'eth0',
      index: 0,
      address,
      hostname: hostnameOf(pod),
    });
    return port.namespacePath ?? 'host';
  }

  async #drain(timeoutMs: number): Promise<void> {
    const pod = this.#pod();
    if (pod === undefined || pod.spec.hostNetwork) return;
    await Promise.all(addressesOf(pod).map(({ ip }) => this.#tools.network.drain(ip, timeoutMs)));
  }

  async #resize(action: Extract<PodAction, { type: 'resize' }>): Promise<PodInput> {
    const { container, attempt, id, resources } = action;
    const pod = this.#known();
    const spec = planOf(pod).find(({ name }) => name === container)?.spec;
    if (spec) await this.#tools.containers.resize(id, resourcesOf(pod, spec, this.#tools.host));
    return { type: 'resized', container, attempt, resources };
  }

  async #inspect(action: Extract<PodAction, { type: 'inspect' }>): Promise<PodInput> {
    const { container, attempt, id } = action;
    const facts = await this.#tools.containers.inspect(id);
    const message = facts?.state === 'exited' ? await this.#lastMessage(container, attempt, facts.exitCode) : undefined;
    return { type: 'inspected', container, attempt, facts, message };
  }

  /** What the program left as its last words, by terminationMessagePolicy. */
  async #lastMessage(container: string, attempt: number, exitCode = 0): Promise<string | undefined> {
    const pod = this.#pod();
    const spec = pod && planOf(pod).find(({ name }) => name === container)?.spec;
    const { folders } = this.#tools;
    try {
      const message = await folders.terminationMessage(this.#uid, container, attempt);
      if (message || exitCode === 0 || spec?.terminationMessagePolicy !== 'FallbackToLogsOnError') return message;
      return await folders.logTail(this.#uid, container, attempt);
    } catch (error) {
      return `the last message cannot be read: ${codeOf(error)}`;
    }
  }
}
