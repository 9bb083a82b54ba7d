import { defineKind, type ObjectOfKind, object, required } from '../machinery/index.ts';
import { defaultInstance } from './instance-defaults.ts';
import { instanceReferences } from './instance-references.ts';
import { age, conditionCell } from './status-columns.ts';
import { validateVirtualMachineInstance } from './validation/virtual-machine-instance.ts';
import { virtualMachineInstanceSpec } from './virtual-machine-instance-spec.ts';
import { virtualMachineInstanceStatus } from './virtual-machine-instance-status.ts';

/** Label that names the host of an instance, written at binding. */
export const nodeNameLabel = 'kubevirt.io/nodeName';

interface Moving {
  readonly migrationState?: { readonly targetNode?: string; readonly endTimestamp?: string };
}

function targetOf(status: Moving | undefined): string | undefined {
  const { targetNode, endTimestamp } = status?.migrationState ?? {};
  return endTimestamp ? undefined : targetNode || undefined;
}

export const virtualMachineInstance = defineKind({
  group: 'kubevirt.io',
  version: 'v1',
  kind: 'VirtualMachineInstance',
  plural: 'virtualmachineinstances',
  shortNames: ['vmi', 'vmis'],
  categories: ['all'],
  description: 'A virtual machine that runs, or is about to.',
  body: object({ spec: required(virtualMachineInstanceSpec), status: virtualMachineInstanceStatus }),
  subresources: { status: true, others: ['binding', 'move'] },
  defaults: defaultInstance,
  validate: validateVirtualMachineInstance,
  references: instanceReferences,
  selectableFields: {
    'status.nodeName': (vmi) => vmi.status?.nodeName ?? '',
    'status.phase': (vmi) => vmi.status?.phase ?? '',
    'status.migrationState.targetNode': (vmi) => targetOf(vmi.status) ?? '',
  },
  columns: [
    age,
    {
      name: 'Phase',
      type: 'string',
      description: 'Where it stands in its life.',
      value: (v) => v.status?.phase ?? null,
    },
    {
      name: 'IP',
      type: 'string',
      description: 'First address of the first interface.',
      value: (vmi) => vmi.status?.interfaces?.[0]?.ipAddress ?? null,
    },
    { name: 'NodeName', type: 'string', description: 'Host that runs it.', value: (v) => v.status?.nodeName ?? null },
    {
      name: 'Ready',
      type: 'string',
      description: 'Whether it answers.',
      value: (vmi) => conditionCell(vmi.status?.conditions, 'Ready'),
    },
    {
      name: 'Live-Migratable',
      type: 'string',
      description: 'Whether it can move while it runs.',
      priority: 1,
      value: (vmi) => conditionCell(vmi.status?.conditions, 'LiveMigratable'),
    },
    {
      name: 'Paused',
      type: 'string',
      description: 'Whether its processors are held.',
      priority: 1,
      value: (vmi) => conditionCell(vmi.status?.conditions, 'Paused'),
    },
  ],
});

export type VirtualMachineInstance = ObjectOfKind<typeof virtualMachineInstance>;

/** The host that an instance is on its way to, with room there that is its own; undefined while it does not move. */
export function movingTo({ status }: VirtualMachineInstance): string | undefined {
  return targetOf(status);
}
