import type { Draft } from '../machinery/index.ts';
import { defaultMachineType } from './instance-defaults.ts';
import type { VirtualMachineInstanceSpec } from './virtual-machine-instance-spec.ts';

/**
 * What a VirtualMachine gets that its user left out: only what must never change under it, as in KubeVirt.
 * The rest is decided anew for each instance, so that the spec stays what its user wrote. Where it names a
 * preference, that may have a word in it, and the machine keeps a copy of the preference instead.
 */
export function defaultMachine(draft: {
  spec: { preference?: unknown; template: { spec?: Draft<VirtualMachineInstanceSpec> } };
}): void {
  const spec = draft.spec.template.spec;
  if (!spec || draft.spec.preference) return;
  spec.architecture ||= 'amd64';
  defaultMachineType(spec);
}
