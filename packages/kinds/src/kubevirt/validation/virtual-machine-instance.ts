import { type Cause, isDeepEqual, type KubeObject, type ValidationContext } from '../../machinery/index.ts';
import type { VirtualMachineInstanceSpec } from '../virtual-machine-instance-spec.ts';
import { validateMemoryIsAsked } from './compute.ts';
import { validateInstanceSpec } from './instance-spec.ts';
import { Report } from './report.ts';

const MUTABLE = 'cannot be changed, but for domain.cpu.sockets, domain.memory.guest and terminationGracePeriodSeconds';

type Instance = KubeObject & { readonly spec: VirtualMachineInstanceSpec };

export function validateVirtualMachineInstance(
  instance: Instance,
  context: ValidationContext<Instance>,
): readonly Cause[] {
  const report = new Report();
  if (context.old) {
    if (isDeepEqual(instance.spec, context.old.spec)) return report.causes;
    // Only what can be done to a running machine: another size, or less time to shut down.
    if (fixedPart(instance.spec) !== fixedPart(context.old.spec)) {
      report.add('FieldValueForbidden', 'spec', MUTABLE);
    }
  }
  validateMemoryIsAsked(instance.spec, 'spec', report);
  validateInstanceSpec(instance.spec, 'spec', report);
  return report.causes;
}

function fixedPart(spec: VirtualMachineInstanceSpec): string {
  const { cpu, memory, ...domain } = spec.domain;
  const fixedCpu = { ...cpu, sockets: undefined };
  const fixedMemory = { ...memory, guest: undefined };
  const fixed = { ...spec, terminationGracePeriodSeconds: undefined };
  return canonical({ ...fixed, domain: { ...domain, cpu: fixedCpu, memory: fixedMemory } });
}

/** Text that is the same for equal values, whatever the order of their fields. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
