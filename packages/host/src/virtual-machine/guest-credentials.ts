import type { ApiClient } from '@godwit/client';
import type { Stored, VirtualMachineInstance } from '@godwit/kinds';
import type { HypervisorDriver } from '../hypervisor-driver.ts';
import { secretFiles } from './api-files.ts';

/** Whether the agent in the guest has to be told of keys or passwords. */
export function hasAgentCredentials(machine: VirtualMachineInstance | undefined): boolean {
  return (machine?.spec.accessCredentials ?? []).some(({ sshPublicKey, userPassword }) => {
    return sshPublicKey?.propagationMethod.qemuGuestAgent ?? userPassword?.propagationMethod.qemuGuestAgent;
  });
}

/** Gives the guest, through its agent, the keys and passwords that Secrets hold for its users. */
export async function giveCredentials(
  machine: Stored<VirtualMachineInstance>,
  hypervisor: HypervisorDriver,
  client: ApiClient,
): Promise<void> {
  const { uid, namespace = '' } = machine.metadata;
  const keys = new Map<string, Set<string>>();
  for (const { sshPublicKey, userPassword } of machine.spec.accessCredentials ?? []) {
    const users = sshPublicKey?.propagationMethod.qemuGuestAgent?.users;
    if (sshPublicKey && users) {
      const lines = await linesOf(client, namespace, sshPublicKey.source.secret?.secretName);
      // Several secrets may name one user, who gets the keys of all.
      for (const user of users) keys.set(user, new Set([...(keys.get(user) ?? []), ...lines]));
    }
    if (userPassword?.propagationMethod.qemuGuestAgent) {
      const passwords = await secretOf(client, namespace, userPassword.source.secret?.secretName);
      for (const [username, bytes] of passwords) {
        const password = btoa(String.fromCharCode(...bytes));
        await hypervisor.askAgent(uid, 'guest-set-user-password', { username, password, crypted: false });
      }
    }
  }
  for (const [username, lines] of keys) {
    await hypervisor.askAgent(uid, 'guest-ssh-add-authorized-keys', { username, keys: [...lines], reset: true });
  }
}

async function linesOf(client: ApiClient, namespace: string, name: string | undefined): Promise<string[]> {
  const files = await secretOf(client, namespace, name);
  const text = [...files.values()].map((bytes) => new TextDecoder().decode(bytes)).join('\n');
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '' && !line.startsWith('#'));
}

function secretOf(client: ApiClient, namespace: string, name: string | undefined): Promise<Map<string, Uint8Array>> {
  return name ? secretFiles(client, namespace, name, false) : Promise.resolve(new Map());
}
