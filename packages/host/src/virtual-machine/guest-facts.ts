import { hasCode } from '@godwit/base';
import type { HypervisorDriver } from '../hypervisor-driver.ts';
import type { AgentFacts } from './machine-state.ts';

interface AgentInterface {
  readonly name: string;
  readonly 'hardware-address'?: string;
  readonly 'ip-addresses'?: readonly { readonly 'ip-address': string; readonly prefix: number }[];
}

/** Names of the agent's facts about the system, and those of KubeVirt. */
const SYSTEM_FIELDS = {
  name: 'name',
  'pretty-name': 'prettyName',
  id: 'id',
  version: 'version',
  'version-id': 'versionId',
  'kernel-release': 'kernelRelease',
  'kernel-version': 'kernelVersion',
  machine: 'machine',
} as const;

/** Asks the guest agent for what the machine's status shows. An agent that does not know a question is no error. */
export async function guestFacts(hypervisor: HypervisorDriver, uid: string): Promise<AgentFacts> {
  const ask = async (command: string): Promise<unknown> => {
    try {
      return await hypervisor.askAgent(uid, command);
    } catch (error) {
      if (hasCode(error, 'agent-error')) return undefined;
      throw error;
    }
  };
  const system = ((await ask('guest-get-osinfo')) ?? {}) as Readonly<Record<string, string>>;
  const interfaces = ((await ask('guest-network-get-interfaces')) ?? []) as readonly AgentInterface[];
  const frozen = await ask('guest-fsfreeze-status');
  return {
    operatingSystem: Object.fromEntries(
      Object.entries(SYSTEM_FIELDS).flatMap(([from, to]) => (system[from] === undefined ? [] : [[to, system[from]]])),
    ),
    interfaces: interfaces
      .filter(({ name }) => name !== 'lo')
      .map((entry) => ({
        name: entry.name,
        mac: entry['hardware-address'] ?? '',
        addresses: (entry['ip-addresses'] ?? []).map((address) => address['ip-address']),
      })),
    frozen: frozen === 'frozen',
  };
}
