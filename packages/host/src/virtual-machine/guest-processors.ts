import { hasCode } from '@godwit/base';
import type { HypervisorDriver } from '../hypervisor-driver.ts';

/** A processor as the guest agent tells of it: `guest-get-vcpus` of QEMU's agent. */
interface GuestProcessor {
  readonly 'logical-id': number;
  readonly online: boolean;
  readonly 'can-offline'?: boolean;
}

/**
 * Has the agent switch processors in the guest so that `count` of them are on: what has no time is then not counted on by
 * the guest either. An agent that does not know how is no error: the guest goes on seeing them.
 */
export async function useProcessors(hypervisor: HypervisorDriver, uid: string, count: number): Promise<void> {
  try {
    const all = (await hypervisor.askAgent(uid, 'guest-get-vcpus')) as readonly GuestProcessor[];
    const vcpus = switches(all, count);
    if (vcpus.length > 0) await hypervisor.askAgent(uid, 'guest-set-vcpus', { vcpus });
  } catch (error) {
    if (!hasCode(error, 'agent-error')) throw error;
  }
}

/** What is to be switched so that the first `count` are on; one that cannot be switched off counts as on. */
export function switches(
  all: readonly GuestProcessor[],
  count: number,
): readonly { readonly 'logical-id': number; readonly online: boolean }[] {
  return all
    .toSorted((a, b) => a['logical-id'] - b['logical-id'])
    .flatMap((processor, index) => {
      const online = index < count;
      if (online === processor.online || (!online && processor['can-offline'] === false)) return [];
      return [{ 'logical-id': processor['logical-id'], online }];
    });
}
