import type { VirtualMachineInstanceStatus, VirtualMachineInterfaceStatus } from '@godwit/kinds';
import { binaryQuantity } from '@godwit/kinds';
import { addressesOf } from '../machine/machine-addresses.ts';
import { memoryOf } from './ballooning.ts';
import { hasBootSource } from './boot-source.ts';
import { shownReason } from './failure-reason.ts';
import { isReady } from './guest-probes.ts';
import type { AgentFacts, KnownCondition, MachineState } from './machine-state.ts';
import { sizeVerdicts, type Verdict } from './size-verdicts.ts';

/** The part of an instance's status that its host writes. */
export type HostedStatus = Pick<
  VirtualMachineInstanceStatus,
  | 'phase'
  | 'reason'
  | 'conditions'
  | 'phaseTransitionTimestamps'
  | 'interfaces'
  | 'guestOSInfo'
  | 'volumeStatus'
  | 'currentCPUTopology'
  | 'memory'
  | 'machine'
  | 'migrationMethod'
  | 'fsFreezeStatus'
>;

/** Fields of {@link HostedStatus}: those that are absent there are taken out of the object. */
export const hostedFields = [
  'phase',
  'reason',
  'conditions',
  'phaseTransitionTimestamps',
  'interfaces',
  'guestOSInfo',
  'volumeStatus',
  'currentCPUTopology',
  'memory',
  'machine',
  'migrationMethod',
  'fsFreezeStatus',
] as const satisfies readonly (keyof HostedStatus)[];

/** What the API is told. Depends on the state alone: times are in it. */
export function machineStatus(state: MachineState): HostedStatus {
  const { machine, view, outcome, stage } = state;
  const facts = factsOf(state);
  const spec = machine?.spec;
  const cpu = spec?.domain.cpu;
  return {
    phase: phaseOf(state),
    ...(stage === 'ended' && outcome?.phase === 'Failed' && { reason: outcome.reason }),
    conditions: state.conditions,
    phaseTransitionTimestamps: phaseTimestamps(state),
    interfaces: interfaceStatus(state, facts),
    ...(facts && { guestOSInfo: facts.operatingSystem }),
    ...(facts?.frozen && { fsFreezeStatus: 'frozen' }),
    volumeStatus: volumeStatus(state),
    ...(view && {
      currentCPUTopology: { cores: cpu?.cores ?? 1, sockets: view.sockets, threads: cpu?.threads ?? 1 },
      memory: {
        guestAtBoot: String(
          machine?.status?.memory?.guestAtBoot ?? spec?.domain.memory?.guest ?? binaryQuantity(view.memoryBytes),
        ),
        guestCurrent: binaryQuantity(memoryOf(view)),
        guestRequested: String(spec?.domain.memory?.guest ?? binaryQuantity(view.memoryBytes)),
      },
    }),
    ...(spec?.domain.machine && { machine: spec.domain.machine }),
    migrationMethod: 'BlockMigration',
  };
}

/**
 * KubeVirt's word for how far the machine is. Final only when nothing of it is left, and then for good: its room has been
 * given to others, and a program that has lost its record of the end must not take it back.
 */
export function phaseOf({
  stage,
  outcome,
  stop,
  machine,
}: MachineState): 'Scheduled' | 'Running' | 'Succeeded' | 'Failed' {
  const told = machine?.status?.phase;
  if (told === 'Succeeded' || told === 'Failed') return told;
  switch (stage) {
    case 'preparing':
    case 'launching':
      return 'Scheduled';
    case 'adopting':
      return told === 'Running' ? 'Running' : 'Scheduled';
    case 'ended':
      // A host that goes down only interrupts its machines: the next start of it runs them again.
      return stop?.reason === 'shutdown' ? 'Scheduled' : (outcome?.phase ?? 'Succeeded');
    default:
      return 'Running';
  }
}

function phaseTimestamps({
  machine,
  phaseTimes,
}: MachineState): NonNullable<HostedStatus['phaseTransitionTimestamps']> {
  const mine = new Set<string>(phaseTimes.map(([phase]) => phase));
  const before = (machine?.status?.phaseTransitionTimestamps ?? []).filter(({ phase }) => !mine.has(phase ?? ''));
  const told = phaseTimes.map(([phase, atMs]) => ({
    phase: phase as 'Running',
    phaseTransitionTimestamp: instant(atMs),
  }));
  return [...before, ...told];
}

/** What the guest's agent has told us; before it was asked, what it had told the process before us. */
function factsOf({ machine, agent }: MachineState): AgentFacts | undefined {
  const { guestOSInfo, interfaces = [], fsFreezeStatus } = machine?.status ?? {};
  if (agent.facts || !agent.connected || !guestOSInfo) return agent.facts;
  return {
    operatingSystem: guestOSInfo as Readonly<Record<string, string>>,
    interfaces: interfaces
      .filter(({ infoSource }) => infoSource?.includes('guest-agent'))
      .map(({ interfaceName = '', mac = '', ipAddresses = [] }) => ({
        name: interfaceName,
        mac,
        addresses: ipAddresses,
      })),
    frozen: fsFreezeStatus === 'frozen',
  };
}

function interfaceStatus(
  state: MachineState,
  { interfaces: facts }: Pick<AgentFacts, 'interfaces'> = { interfaces: [] },
): readonly VirtualMachineInterfaceStatus[] {
  const names = (state.machine?.spec.domain.devices.interfaces ?? []).map(({ name }) => name);
  const addresses = addressesOf(state.machine);
  const known = names.map((name, index): VirtualMachineInterfaceStatus => {
    const address = addresses[index];
    const told = facts.find(({ mac }) => mac.toLowerCase() === address?.mac.toLowerCase());
    const ips = [...new Set([...(address ? [address.ip] : []), ...(told?.addresses ?? [])])];
    return {
      name,
      ...(address && { mac: address.mac }),
      ...(ips.length > 0 && { ipAddress: ips[0] as string, ipAddresses: ips }),
      ...(told && { interfaceName: told.name }),
      infoSource: told ? 'domain, guest-agent' : 'domain',
      queueCount: 1,
    };
  });
  const others = facts.filter(({ mac, name }) => name !== 'lo' && !known.some((entry) => entry.mac === mac));
  return [
    ...known,
    ...others.map(({ name, mac, addresses: [first, ...rest] }) => ({
      interfaceName: name,
      mac,
      ...(first !== undefined && { ipAddress: first, ipAddresses: [first, ...rest] }),
      infoSource: 'guest-agent',
    })),
  ];
}

function volumeStatus({ machine, prepared, stage }: MachineState): NonNullable<HostedStatus['volumeStatus']> {
  const letters = new Map<string, number>();
  const targets = new Map(
    (machine?.spec.domain.devices.disks ?? []).map(({ name, disk, cdrom, lun }) => {
      const prefix = (disk ?? cdrom ?? lun)?.bus === 'virtio' ? 'vd' : 'sd';
      const index = letters.get(prefix) ?? 0;
      letters.set(prefix, index + 1);
      return [name, `${prefix}${String.fromCharCode(97 + (index % 26))}`];
    }),
  );
  // A process that found the machine running has not laid its disks out: the one before it has told how large they are.
  const told = stage === 'preparing' ? [] : (machine?.status?.volumeStatus ?? []);
  const sizes = prepared ? prepared.volumes.map(({ name, sizeBytes }) => ({ name, size: sizeBytes })) : told;
  return (machine?.spec.volumes ?? []).map(({ name }) => {
    const size = sizes.find((entry) => entry.name === name)?.size;
    return {
      name,
      target: targets.get(name) ?? '',
      ...(size !== undefined && { size, ...(stage !== 'preparing' && { phase: 'Ready' }) }),
    };
  });
}

/** The state with its conditions and phase times as they follow from the rest of it. */
export function withConditions(state: MachineState, nowMs: number): MachineState {
  return withPhaseTime({ ...state, conditions: conditionsOf(state, nowMs) }, nowMs);
}

/** None before anybody has looked at the machine and read its object: what was told before goes on to hold. */
function conditionsOf(state: MachineState, nowMs: number): readonly KnownCondition[] {
  if (state.stage === 'adopting' || !state.machine) return state.conditions;
  const verdicts = [
    readyCondition(state),
    ...synchronized(state),
    ...paused(state),
    ...bootable(state),
    ...sizeVerdicts(state),
    ...agentConnected(state),
    ...credentialsGiven(state),
    ...migratable(state),
  ];
  const earlier = state.conditions.length > 0 ? state.conditions : (state.machine.status?.conditions ?? []);
  return verdicts.map((verdict): KnownCondition => {
    const before = earlier.find(({ type }) => type === verdict.type);
    const since = before?.status === verdict.status ? before.lastTransitionTime : undefined;
    return { ...verdict, lastTransitionTime: since ?? instant(nowMs) };
  });
}

function withPhaseTime(state: MachineState, nowMs: number): MachineState {
  const phase = phaseOf(state);
  if (state.phaseTimes.some(([known]) => known === phase)) return state;
  return { ...state, phaseTimes: [...state.phaseTimes, [phase, nowMs]] };
}

function readyCondition(state: MachineState): Verdict {
  const no = (reason: string, message: string): Verdict => ({ type: 'Ready', status: 'False', reason, message });
  const { stage, view, stop, outcome } = state;
  if (stage === 'ended' || stage === 'cleaning')
    return no(outcome?.reason || 'GuestNotRunning', outcome?.message ?? '');
  if (stop) return no('GuestNotRunning', 'The machine is being stopped.');
  if (!view || stage !== 'running')
    return no('GuestNotRunning', troubleOf(state)?.message ?? 'The machine is not running.');
  if (view.run !== 'running') return no('GuestNotRunning', state.runMessage ?? `The guest is ${view.run}.`);
  if (!isReady(state)) return no('ReadinessProbeFailed', state.probes.readiness?.message ?? 'Not asked yet.');
  return { type: 'Ready', status: 'True' };
}

/** The most telling of what failed and is tried again. */
function troubleOf(state: MachineState): { reason: string; message: string } | undefined {
  const retry = state.retries.machine ?? state.retries.network;
  return retry && { reason: shownReason(retry), message: retry.message };
}

function synchronized(state: MachineState): Verdict[] {
  const trouble = troubleOf(state);
  if (trouble) {
    return [{ type: 'Synchronized', status: 'False', reason: trouble.reason, message: trouble.message }];
  }
  return state.stage === 'running' ? [{ type: 'Synchronized', status: 'True' }] : [];
}

function paused({ view, runMessage, stage }: MachineState): Verdict[] {
  if (stage !== 'running' || !view) return [];
  if (view.run === 'paused') {
    return [{ type: 'Paused', status: 'True', reason: 'PausedByUser', message: 'The guest was paused by a user.' }];
  }
  if (view.run !== 'io-error') return [];
  return [{ type: 'Paused', status: 'True', reason: 'PausedIOError', message: runMessage ?? 'A disk refused.' }];
}

/** Told only of a machine that runs without anything to boot from: it looks healthy from outside. */
function bootable({ machine, stage }: MachineState): Verdict[] {
  if (stage !== 'running' || !machine || hasBootSource(machine.spec)) return [];
  return [{ type: 'Bootable', status: 'False', reason: 'NoBootDevice', message: NO_BOOT_DEVICE }];
}

/** What is told of a machine without anything to boot from. */
export const NO_BOOT_DEVICE = 'The machine has nothing to boot from: give it a disk with a system, or a kernel.';

function agentConnected({ agent, stage }: MachineState): Verdict[] {
  return agent.connected && stage === 'running' ? [{ type: 'AgentConnected', status: 'True' }] : [];
}

function credentialsGiven({ agent, stage, retries }: MachineState): Verdict[] {
  const type = 'AccessCredentialsSynchronized';
  if (stage !== 'running') return [];
  if (agent.connected && agent.hasCredentials) return [{ type, status: 'True' }];
  const trouble = retries.credentials;
  return trouble ? [{ type, status: 'False', reason: trouble.reason, message: trouble.message }] : [];
}

function migratable({ machine, stage }: MachineState): Verdict[] {
  if (stage !== 'running') return [];
  const local = (machine?.spec.volumes ?? []).find(({ hostDisk }) => hostDisk !== undefined);
  if (!local) return [{ type: 'LiveMigratable', status: 'True' }];
  const message = `Volume ${local.name} lies on this host.`;
  return [{ type: 'LiveMigratable', status: 'False', reason: 'HostDisksNotLiveMigratable', message }];
}

/** As Kubernetes writes instants. */
function instant(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}
