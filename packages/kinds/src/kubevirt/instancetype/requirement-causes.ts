import type { Cause } from '../../machinery/index.ts';
import { parseQuantity } from '../../quantity.ts';
import type { VirtualMachineInstanceSpec } from '../virtual-machine-instance-spec.ts';
import type { InstancetypeSpec } from './instancetype-spec.ts';
import type { PreferenceSpec } from './preference-spec.ts';

/**
 * What a machine lacks of what its preference requires. `spec` is the instance's, instancetype, preference and
 * defaults included: only what the guest will see counts, however it was asked for.
 */
export function requirementCauses(
  spec: VirtualMachineInstanceSpec,
  type: InstancetypeSpec | undefined,
  { requirements }: PreferenceSpec,
): readonly Cause[] {
  const causes: Cause[] = [];
  const lacks = (field: string, message: string) => causes.push({ reason: 'FieldValueInvalid', field, message });
  const { cpu, memory, architecture } = requirements ?? {};
  const place = (field: string) => (type ? 'spec.instancetype' : `spec.template.spec.domain.${field}`);
  if (cpu) {
    const { sockets = 1, cores = 1, threads = 1 } = spec.domain.cpu ?? {};
    const has = sockets * cores * threads;
    if (has < cpu.guest) lacks(place('cpu'), `has ${has} processors, and the preference requires ${cpu.guest}`);
  }
  if (memory) {
    const has = spec.domain.memory?.guest ?? 0;
    if ((parseQuantity(has) ?? 0) < (parseQuantity(memory.guest) ?? 0)) {
      lacks(place('memory'), `has ${has} of memory, and the preference requires ${memory.guest}`);
    }
  }
  if (architecture && spec.architecture !== architecture) {
    const message = `is ${spec.architecture}, and the preference requires ${architecture}`;
    lacks('spec.template.spec.architecture', message);
  }
  return causes;
}
