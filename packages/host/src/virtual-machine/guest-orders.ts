import { codeOf, describeError } from '@godwit/base';
import { type MachineOrder, StatusFailure } from '@godwit/kinds';
import type { HypervisorDriver } from '../hypervisor-driver.ts';
import type { MachineState } from './machine-state.ts';

export interface OrderContext {
  readonly uid: string;
  readonly name: string;
  readonly state: MachineState;
  readonly hypervisor: HypervisorDriver;
  /** Says that the next power-off is half of a reboot. */
  readonly announceReboot: () => void;
}

const API_VERSION = 'subresources.kubevirt.io/v1';

/** Carries out an order that changes no spec. Throws StatusFailure as KubeVirt's API does. */
export async function obeyOrder(order: MachineOrder, context: OrderContext): Promise<unknown> {
  const { state, name } = context;
  const run = state.stage === 'running' || state.stage === 'stopping' ? state.view?.run : undefined;
  if (run === undefined) throw new StatusFailure('Conflict', `VMI ${name} is not running`);
  try {
    return await carryOut(order, run, context);
  } catch (error) {
    if (error instanceof StatusFailure) throw error;
    const reason = codeOf(error) === 'agent-unavailable' ? 'Conflict' : 'InternalError';
    throw new StatusFailure(reason, `${order}: ${describeError(error)}`, undefined, error);
  }
}

async function carryOut(order: MachineOrder, run: string, context: OrderContext): Promise<unknown> {
  const { uid, name, hypervisor } = context;
  switch (order) {
    case 'pause':
      if (run === 'paused') throw new StatusFailure('Conflict', `VMI ${name} is already paused`);
      return hypervisor.pause(uid);
    case 'unpause':
      if (run === 'running') throw new StatusFailure('Conflict', `VMI ${name} is not paused`);
      return hypervisor.resume(uid);
    case 'soft-reboot':
      return softReboot(run, context);
    case 'reset':
      return hypervisor.reset(uid);
    case 'freeze':
      await hypervisor.askAgent(uid, 'guest-fsfreeze-freeze', undefined, 30_000);
      return undefined;
    case 'unfreeze':
      await hypervisor.askAgent(uid, 'guest-fsfreeze-thaw', undefined, 30_000);
      return undefined;
    case 'guest-info':
      return guestInformation(context);
    case 'filesystem-list':
      return fileSystems(context);
    case 'user-list':
      return users(context);
  }
}

/** By the agent where there is one; else by the power button, and power again when the guest is off. */
async function softReboot(run: string, { uid, name, state, hypervisor, announceReboot }: OrderContext): Promise<void> {
  if (run !== 'running') throw new StatusFailure('Conflict', `VMI ${name} is paused`);
  announceReboot();
  if (!state.agent.connected) return hypervisor.powerDown(uid);
  // The agent goes down with the guest and may never answer: only a refusal counts.
  await hypervisor.askAgent(uid, 'guest-shutdown', { mode: 'reboot' }, 2_000).catch((error: unknown) => {
    if (codeOf(error) === 'agent-error') throw error;
  });
}

async function guestInformation({ uid, state, hypervisor }: OrderContext): Promise<object> {
  const ask = (command: string) => hypervisor.askAgent(uid, command).catch(() => undefined);
  const information = (await hypervisor.askAgent(uid, 'guest-info')) as {
    version?: string;
    supported_commands?: object[];
  };
  const [hostname, timezone, fileSystemItems, userItems] = await Promise.all([
    ask('guest-get-host-name'),
    ask('guest-get-timezone'),
    fileSystemList(uid, hypervisor).catch(() => []),
    userList(uid, hypervisor).catch(() => []),
  ]);
  const zone = timezone as { zone?: string; offset?: number } | undefined;
  return {
    kind: 'VirtualMachineInstanceGuestAgentInfo',
    apiVersion: API_VERSION,
    guestAgentVersion: information.version ?? '',
    supportedCommands: information.supported_commands ?? [],
    hostname: (hostname as { 'host-name'?: string } | undefined)?.['host-name'] ?? '',
    os: state.agent.facts?.operatingSystem ?? {},
    ...(zone && { timezone: `${zone.zone ?? ''}, ${zone.offset ?? 0}` }),
    userList: userItems,
    fsInfo: { disks: fileSystemItems },
    fsFreezeStatus: state.agent.facts?.frozen ? 'frozen' : 'thawed',
  };
}

async function fileSystems({ uid, hypervisor }: OrderContext): Promise<object> {
  const items = await fileSystemList(uid, hypervisor);
  return { kind: 'VirtualMachineInstanceFileSystemList', apiVersion: API_VERSION, metadata: {}, items };
}

async function users({ uid, hypervisor }: OrderContext): Promise<object> {
  const items = await userList(uid, hypervisor);
  return { kind: 'VirtualMachineInstanceGuestOSUserList', apiVersion: API_VERSION, metadata: {}, items };
}

async function fileSystemList(uid: string, hypervisor: HypervisorDriver): Promise<object[]> {
  const found = (await hypervisor.askAgent(uid, 'guest-get-fsinfo')) as readonly Readonly<Record<string, unknown>>[];
  return found.map((entry) => ({
    diskName: entry.name,
    mountPoint: entry.mountpoint,
    fileSystemType: entry.type,
    usedBytes: entry['used-bytes'] ?? 0,
    totalBytes: entry['total-bytes'] ?? 0,
  }));
}

async function userList(uid: string, hypervisor: HypervisorDriver): Promise<object[]> {
  const found = (await hypervisor.askAgent(uid, 'guest-get-users')) as readonly Readonly<Record<string, unknown>>[];
  return found.map((entry) => ({
    userName: entry.user,
    ...(entry.domain !== undefined && { domain: entry.domain }),
    loginTime: entry['login-time'],
  }));
}
