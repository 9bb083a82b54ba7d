import assert from 'node:assert/strict';
import type { GuestRun, GuestView, LaunchInterface, PreparedMachine } from '../../hypervisor-driver.ts';
import type { Tick } from '../../machine/index.ts';
import type { MachineInput, VirtualMachineAction } from '../machine-input.ts';
import { initialMachineState, type MachineState } from '../machine-state.ts';
import { machineStatus } from '../machine-status.ts';
import { stepMachine } from '../step.ts';
import { testInstance } from './instance.ts';

export const UID = 'machine-1';
export const prepared: PreparedMachine = { volumes: [] };
export const interfaces: readonly LaunchInterface[] = [
  { name: 'default', mac: '0a:58:0a:50:00:05', tapName: 'p0a500005' },
];
export const running: GuestView = {
  run: 'running',
  agentConnected: false,
  startedAtMs: 0,
  sockets: 1,
  pluggedSockets: 1,
  memoryBytes: 192 * 2 ** 20,
  balloonBytes: 192 * 2 ** 20,
};

/** A machine's step on a clock of its own, with the last actions at hand. */
export class Machine {
  state: MachineState;
  nowMs = 1_000_000;
  actions: readonly VirtualMachineAction[] = [];
  wakeAtMs: number | undefined;
  finished = false;
  readonly told: string[] = [];

  constructor(state = initialMachineState(UID)) {
    this.state = state;
  }

  hear(...inputs: (MachineInput | Tick)[]): this {
    for (const input of inputs) {
      const step = stepMachine(this.state, input, this.nowMs);
      this.state = step.state;
      this.actions = step.actions;
      this.wakeAtMs = step.wakeAtMs;
      this.finished = step.finished === true;
      for (const action of step.actions) if (action.type === 'event') this.told.push(action.event.reason);
    }
    return this;
  }

  wait(durationMs: number): this {
    this.nowMs += durationMs;
    return this.hear({ type: 'tick' });
  }

  run(run: GuestRun, message?: string): this {
    return this.hear({ type: 'guest', event: { type: 'run', run, ...(message !== undefined && { message }) } });
  }

  /** Types of what is wanted, apart from words for the API. */
  wants(): string[] {
    return this.actions.filter(({ lane }) => lane !== 'status' && lane !== undefined).map(({ type }) => type);
  }

  fails(type: VirtualMachineAction['type'], code: string): this {
    const action = this.actions.find((wanted) => wanted.type === type);
    assert.ok(action, `${type} is wanted`);
    return this.hear({ type: 'failed', action, code, message: `it was ${code}` });
  }

  condition(type: string) {
    return machineStatus(this.state).conditions?.find((condition) => condition.type === type);
  }
}

const plain = testInstance('one', UID);
export const instance = testInstance('one', UID, {
  volumes: [{ name: 'root', containerDisk: { image: 'localhost/system:latest' } }],
  domain: {
    ...plain.spec.domain,
    devices: { ...plain.spec.domain.devices, disks: [{ name: 'root', disk: { bus: 'virtio' } }] },
  },
});
export const started = (machine = instance) =>
  new Machine().hear(
    { type: 'machine', machine },
    { type: 'prepared', prepared },
    { type: 'attached', interfaces },
    { type: 'launched', view: running },
  );
