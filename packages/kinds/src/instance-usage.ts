import { addQuantities } from './exact-quantity.ts';
import type { VirtualMachineInstance } from './kubevirt/index.ts';
import { thousandths, wholeUnits } from './quantity.ts';

/** A virtual processor that asks for nothing counts as a tenth of a core, as in placement. */
const THOUSANDTHS_PER_PROCESSOR = 100;

const canonical = (amount: string | number): string => addQuantities(0, amount);

/**
 * What a virtual machine takes of a quota, under the names that quotas use for pods: it is a machine like
 * them. Requests are what its user asks a host for, limits what the guest may use. A finished one takes nothing.
 */
export function instanceUsage({ spec, status }: VirtualMachineInstance): Readonly<Record<string, string>> {
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return {};
  const { cpu, memory, resources } = spec.domain;
  const processors = (cpu?.sockets ?? 1) * (cpu?.cores ?? 1) * (cpu?.threads ?? 1);
  const askedCpu = resources?.requests?.cpu ?? resources?.limits?.cpu;
  const cpuThousandths = askedCpu === undefined ? processors * THOUSANDTHS_PER_PROCESSOR : thousandths(askedCpu);
  const requestedCpu = canonical(`${cpuThousandths}m`);
  const requestedMemory = canonical(resources?.requests?.memory ?? memory?.guest ?? resources?.limits?.memory ?? 0);
  const guestBytes = wholeUnits(resources?.limits?.memory ?? memory?.guest ?? requestedMemory);
  return {
    cpu: requestedCpu,
    memory: requestedMemory,
    'requests.cpu': requestedCpu,
    'requests.memory': requestedMemory,
    'limits.cpu': canonical(resources?.limits?.cpu ?? processors),
    'limits.memory': canonical(`${guestBytes / 1024}Ki`),
  };
}
