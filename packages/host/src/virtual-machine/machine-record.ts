import type { Stored, VirtualMachineInstance } from '@godwit/kinds';
import type { LaunchInterface } from '../hypervisor-driver.ts';
import { initialMachineState, type MachineState, type MachineStop, type Outcome, type Stage } from './machine-state.ts';

/** What a new process has to know of a machine to carry on. */
export interface MachineRecord {
  readonly namespace: string;
  readonly name: string;
  readonly stage: Stage;
  /** Of the boot of the host in which it was written: after another one nothing runs any more. */
  readonly bootId: string;
  readonly interfaces?: readonly LaunchInterface[] | undefined;
  readonly outcome?: Outcome | undefined;
  readonly stop?: MachineStop | undefined;
  readonly phaseTimes: MachineState['phaseTimes'];
}

export function machineRecord(state: MachineState, bootId: string): MachineRecord {
  const { stage, interfaces, outcome, stop, phaseTimes, machine } = state;
  const { namespace = '', name = '' } = machine?.metadata ?? {};
  return { namespace, name, stage, bootId, interfaces, outcome, stop, phaseTimes };
}

/** The state that a record stands for, before anybody has looked at what runs. */
export function stateOfRecord(uid: string, record: MachineRecord): MachineState {
  const { outcome, stop, phaseTimes } = record;
  // A host that was told to go down has come up again.
  return { ...adoptingState(uid), outcome, stop: stop?.reason === 'shutdown' ? undefined : stop, phaseTimes };
}

/** A machine of which it is not known yet whether it runs. */
export function adoptingState(uid: string): MachineState {
  return { ...initialMachineState(uid), stage: 'adopting' };
}

/** A machine that came here running: since when it is in its phases is known from the API. */
export function arrivedState(machine: Stored<VirtualMachineInstance>): MachineState {
  const { metadata, status } = machine;
  const phaseTimes = (status?.phaseTransitionTimestamps ?? []).flatMap(({ phase, phaseTransitionTimestamp: at }) =>
    phase && at ? [[phase, Date.parse(at)] as const] : [],
  );
  return { ...adoptingState(metadata.uid), machine, phaseTimes };
}
