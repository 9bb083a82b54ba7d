import type { BareResource } from './groups.ts';

/**
 * KubeVirt's own group of orders and streams, `subresources.kubevirt.io`: it has no objects, only
 * subresources of objects of `kubevirt.io`, and is listed here because no kind stands for it.
 */
export const machineGroupVersions = ['v1', 'v1alpha3'] as const;

const orders: Readonly<Record<string, readonly string[]>> = {
  virtualmachines: ['addvolume', 'expand-spec', 'migrate', 'portforward', 'removevolume', 'restart', 'start', 'stop'],
  virtualmachineinstances: [
    'addvolume',
    'console',
    'filesystemlist',
    'freeze',
    'guestosinfo',
    'pause',
    'portforward',
    'removevolume',
    'reset',
    'softreboot',
    'unfreeze',
    'unpause',
    'userlist',
    'vnc',
  ],
};

const READ = new Set(['console', 'expand-spec', 'filesystemlist', 'guestosinfo', 'portforward', 'userlist', 'vnc']);

export const machineResources: readonly BareResource[] = Object.entries(orders).map(([plural, names]) => ({
  plural,
  namespaced: true,
  kind: plural === 'virtualmachines' ? 'VirtualMachine' : 'VirtualMachineInstance',
  verbs: [],
  subresources: names.map((name) => ({ name, verbs: [READ.has(name) ? 'get' : 'update'] })),
}));
