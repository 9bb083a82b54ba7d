import {
  type Draft,
  defineKind,
  described,
  isDeepEqual,
  type ObjectOfKind,
  object,
  required,
} from '../machinery/index.ts';
import { labelSelector } from '../shared/label-selector.ts';
import { kubevirt } from './component-name.ts';
import { domain } from './domain.ts';
import { age } from './status-columns.ts';
import type { VirtualMachineDomain } from './virtual-machine-instance-spec.ts';

export const virtualMachineInstancePreset = defineKind({
  group: 'kubevirt.io',
  version: 'v1',
  kind: 'VirtualMachineInstancePreset',
  plural: 'virtualmachineinstancepresets',
  shortNames: ['vmipreset', 'vmipresets'],
  categories: ['all'],
  description: 'Parts that new VirtualMachineInstances with certain labels get. Instancetypes are the newer way.',
  body: object({
    spec: required(
      object(
        {
          selector: required(described(labelSelector, 'Instances with these labels.')),
          domain: required(described(domain, 'What they get where they say nothing of the kind.')),
        },
        'Who gets what.',
        kubevirt('VirtualMachineInstancePresetSpec'),
      ),
    ),
  }),
  columns: [age],
});

export type VirtualMachineInstancePreset = ObjectOfKind<typeof virtualMachineInstancePreset>;

/** The parts that a preset can give; each goes in as a whole, or not at all. `memory` is our addition. */
const parts = ['cpu', 'memory', 'firmware', 'clock', 'features', 'ioThreadsPolicy'] as const;

/**
 * Writes a preset into the hardware of a new instance, where that says nothing of the kind itself. Answers whether
 * the instance has any of it now.
 */
export function applyPreset(
  target: Draft<VirtualMachineDomain>,
  preset: VirtualMachineInstancePreset['spec']['domain'],
): boolean {
  const given = structuredClone(preset) as Draft<VirtualMachineDomain>;
  const had: unknown[] = [];
  for (const part of parts) {
    if (given[part] === undefined) continue;
    if (target[part] === undefined) Object.assign(target, { [part]: given[part] });
    had.push(isDeepEqual(target[part], given[part]));
  }
  const requests = given.resources?.requests;
  if (requests && Object.keys(requests).length > 0) {
    target.resources = { ...target.resources, requests: target.resources?.requests ?? requests };
    had.push(isDeepEqual(target.resources.requests, requests));
  }
  if (given.devices.watchdog) {
    target.devices.watchdog ??= given.devices.watchdog;
    had.push(isDeepEqual(target.devices.watchdog, given.devices.watchdog));
  }
  return had.includes(true);
}
