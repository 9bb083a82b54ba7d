import { codeOf, describeError, Failure, type World } from '@godwit/base';
import type { ApiClient, EventRecorder } from '@godwit/client';
import {
  instanceFinalizer,
  isNotFound,
  type Stored,
  type VirtualMachineInstance,
  virtualMachineInstance,
} from '@godwit/kinds';
import type { GuestView, HypervisorDriver, LaunchInterface } from '../hypervisor-driver.ts';
import type { Behaviour, Step, Tick } from '../machine/index.ts';
import { addressesOf } from '../machine/machine-addresses.ts';
import type { NetworkDriver } from '../network-driver.ts';
import { hostnameOf } from './cloud-init-seed.ts';
import { giveCredentials } from './guest-credentials.ts';
import { guestFacts } from './guest-facts.ts';
import { probeGuest } from './guest-prober.ts';
import { probeOf } from './guest-probes.ts';
import { useProcessors } from './guest-processors.ts';
import { hasBalloon } from './guest-size.ts';
import type { MachineInput, VirtualMachineAction } from './machine-input.ts';
import { machineRecord } from './machine-record.ts';
import type { MachineState } from './machine-state.ts';
import { type HostedStatus, hostedFields } from './machine-status.ts';
import { movedInTime } from './moved-in-time.ts';
import { stepMachine } from './step.ts';
import { prepareRequest } from './volume-requests.ts';

export interface VirtualMachineParts {
  readonly world: World;
  readonly client: ApiClient;
  readonly events: EventRecorder;
  readonly hypervisor: HypervisorDriver;
  readonly network: NetworkDriver;
  /** Changes with every boot of the host. */
  readonly bootId: string;
}

type ActionOf<Type> = Extract<VirtualMachineAction, { type: Type }>;

/** One virtual machine: the pure step, and its actions on hypervisor, network and API. */
export class VirtualMachineBehaviour implements Behaviour<MachineState, MachineInput, VirtualMachineAction> {
  readonly #uid: string;
  readonly #parts: VirtualMachineParts;
  #machine: Stored<VirtualMachineInstance> | undefined;

  constructor(uid: string, parts: VirtualMachineParts) {
    this.#uid = uid;
    this.#parts = parts;
  }

  step(state: MachineState, input: MachineInput | Tick, nowMs: number): Step<MachineState, VirtualMachineAction> {
    const step = stepMachine(state, input, nowMs);
    this.#machine = step.state.machine;
    return step;
  }

  movedInTime(state: MachineState, byMs: number): MachineState {
    return movedInTime(state, byMs);
  }

  record(state: MachineState): unknown {
    return machineRecord(state, this.#parts.bootId);
  }

  failed(action: VirtualMachineAction, error: unknown): MachineInput {
    return { type: 'failed', action, code: codeOf(error), message: describeError(error) };
  }

  async perform(action: VirtualMachineAction, signal: AbortSignal): Promise<MachineInput | undefined> {
    const { hypervisor, network } = this.#parts;
    switch (action.type) {
      case 'prepare': {
        const request = await prepareRequest(this.#object(), this.#parts.client);
        // A launch that failed, or was cut short, may have left a guest running on the disks that are laid out anew.
        await hypervisor.kill(this.#uid);
        return { type: 'prepared', prepared: await hypervisor.prepare(request, signal) };
      }
      case 'attach':
        return { type: 'attached', interfaces: await this.#attach() };
      case 'detach':
        await network.detach(this.#uid);
        return { type: 'detached' };
      case 'launch':
        return { type: 'launched', view: await this.#launch(action) };
      case 'restart':
        await hypervisor.reset(this.#uid);
        await hypervisor.resume(this.#uid);
        return { type: 'restarted' };
      case 'set-sockets':
        await hypervisor.setSockets(this.#uid, action.sockets);
        return this.#look((has) => ({ type: 'sockets-set', has }));
      case 'set-memory':
        return this.#setMemory(action);
      case 'look-at-memory':
        return this.#look((has) => ({ type: 'memory-seen', news: action.news, has }));
      case 'clean':
        await hypervisor.kill(this.#uid);
        await hypervisor.clean(this.#uid);
        return { type: 'cleaned' };
      default:
        return this.#performOther(action, signal);
    }
  }

  /** Memory comes in blocks: what of them is too much the balloon takes back. */
  async #setMemory({ memoryBytes, balloonBytes }: ActionOf<'set-memory'>): Promise<MachineInput | undefined> {
    const { hypervisor } = this.#parts;
    await hypervisor.growMemory(this.#uid, memoryBytes);
    const view = await hypervisor.adopt(this.#uid);
    if (!view) return undefined;
    if (hasBalloon(this.#object().spec)) {
      await hypervisor.setBalloon(this.#uid, Math.min(view.memoryBytes, balloonBytes));
    }
    return { type: 'memory-set', memoryBytes: view.memoryBytes, askedBytes: balloonBytes };
  }

  /** What the guest has now; of one that is gone its end tells. */
  async #look(heard: (view: GuestView) => MachineInput): Promise<MachineInput | undefined> {
    const view = await this.#parts.hypervisor.adopt(this.#uid);
    return view && heard(view);
  }

  async #performOther(
    action: ActionOf<
      | 'drain'
      | 'press'
      | 'ask-agent'
      | 'give-credentials'
      | 'use-processors'
      | 'probe'
      | 'write-status'
      | 'release'
      | 'event'
    >,
    signal: AbortSignal,
  ): Promise<MachineInput | undefined> {
    const { hypervisor } = this.#parts;
    switch (action.type) {
      case 'drain':
        await this.#drain(action.timeoutMs);
        return { type: 'drained' };
      case 'press':
        if (action.resume) await hypervisor.resume(this.#uid);
        await hypervisor.powerDown(this.#uid);
        return { type: 'pressed' };
      case 'ask-agent':
        return { type: 'agent-facts', facts: await guestFacts(hypervisor, this.#uid) };
      case 'use-processors':
        return this.#useProcessors(action);
      case 'give-credentials':
        await giveCredentials(this.#object(), hypervisor, this.#parts.client);
        return { type: 'credentials-given' };
      case 'probe':
        return this.#probe(action, signal);
      case 'write-status':
        await this.#writeStatus(action.status);
        return { type: 'status-written', status: action.status };
      case 'release':
        await this.#release();
        return { type: 'released' };
      case 'event':
        this.#tell(action);
        return undefined;
    }
  }

  async #useProcessors({ sockets }: ActionOf<'use-processors'>): Promise<MachineInput> {
    const { cores = 1, threads = 1 } = this.#object().spec.domain.cpu ?? {};
    await useProcessors(this.#parts.hypervisor, this.#uid, sockets * cores * threads);
    return { type: 'processors-used', sockets };
  }

  #object(): Stored<VirtualMachineInstance> {
    if (!this.#machine) throw new Failure('missing-object', `machine ${this.#uid} is not known yet`);
    return this.#machine;
  }

  async #attach(): Promise<LaunchInterface[]> {
    const machine = this.#object();
    const wanted = (machine.spec.domain.devices.interfaces ?? []).filter(({ state }) => state !== 'absent');
    const addresses = addressesOf(machine);
    return Promise.all(
      wanted.map(async ({ name }, index): Promise<LaunchInterface> => {
        const address = addresses[index];
        if (!address) throw new Failure('address-missing', `interface ${name} has no address yet`, { retryable: true });
        const port = await this.#parts.network.attach({
          machineUid: this.#uid,
          machineName: machine.metadata.name,
          namespace: machine.metadata.namespace ?? '',
          type: 'tap',
          interfaceName: name,
          index,
          address,
          hostname: hostnameOf(machine),
        });
        return {
          name,
          mac: address.mac,
          mtu: address.mtu,
          ...(port.tapName !== undefined && { tapName: port.tapName }),
          ...(port.commandPrefix !== undefined && { commandPrefix: port.commandPrefix }),
        };
      }),
    );
  }

  #launch({ prepared, interfaces }: ActionOf<'launch'>): ReturnType<HypervisorDriver['launch']> {
    const machine = this.#object();
    const { uid, name, namespace = '' } = machine.metadata;
    const held = machine.spec.startStrategy === 'Paused';
    return this.#parts.hypervisor.launch({ uid, name, namespace, spec: machine.spec, prepared, interfaces, held });
  }

  async #drain(timeoutMs: number): Promise<void> {
    const ips = addressesOf(this.#machine).map(({ ip }) => ip);
    await Promise.all(ips.map((ip) => this.#parts.network.drain(ip, timeoutMs)));
  }

  async #probe({ probe: type, timeoutMs }: ActionOf<'probe'>, signal: AbortSignal): Promise<MachineInput> {
    const machine = this.#object();
    const probe = probeOf(machine.spec, type) ?? {};
    const { hypervisor, network, world } = this.#parts;
    const parts = { hypervisor, network, clock: world.clock };
    const target = { uid: this.#uid, address: addressesOf(machine)[0]?.ip };
    return { type: 'probed', probe: type, ...(await probeGuest(probe, target, parts, timeoutMs, signal)) };
  }

  /** Only fields that this host owns are touched; of an object that has gone nothing has to be told. */
  async #writeStatus(mine: HostedStatus): Promise<void> {
    const { uid, name, namespace = '' } = this.#object().metadata;
    try {
      await this.#parts.client.resource(virtualMachineInstance).modify(
        { namespace, name },
        (draft) => {
          if (draft.metadata.uid !== uid) return false;
          const status: Record<string, unknown> = { ...draft.status };
          for (const field of hostedFields) delete status[field];
          draft.status = { ...status, ...mine } as NonNullable<typeof draft.status>;
          return true;
        },
        { subresource: 'status' },
      );
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  async #release(): Promise<void> {
    const { uid, name, namespace = '' } = this.#object().metadata;
    try {
      await this.#parts.client.resource(virtualMachineInstance).modify({ namespace, name }, (draft) => {
        if (draft.metadata.uid !== uid) return false;
        draft.metadata.finalizers = (draft.metadata.finalizers ?? []).filter((entry) => entry !== instanceFinalizer);
        return true;
      });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  #tell({ event: { level, reason, message } }: ActionOf<'event'>): void {
    this.#parts.world.log.info(message, { uid: this.#uid, reason });
    if (!this.#machine) return;
    if (level === 'Warning') this.#parts.events.warning(this.#machine, reason, message);
    else this.#parts.events.normal(this.#machine, reason, message);
  }
}
