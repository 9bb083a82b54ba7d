import { addressesOf, containerLabels } from '@godwit/host';
import type { IPAddress, KubeObject, Pod, Stored, VirtualMachineInstance } from '@godwit/kinds';
import type { SimulatedCloud, Station } from '../cloud/simulated-cloud.ts';
import { nameOf } from './invariant.ts';

/** What is left on hosts or in the API that belongs to nothing any more, in words. */
export function leaks(cloud: SimulatedCloud): string[] {
  // What is left on a host that sleeps goes when it wakes.
  const awake = cloud.stations.filter(({ asleep }) => !asleep);
  return [...awake.flatMap((station) => hostLeaks(station, cloud)), ...addressLeaks(cloud)];
}

function hostLeaks({ host }: Station, { view }: SimulatedCloud): string[] {
  const pods = new Set<string>();
  for (const { spec, metadata } of view.all<Pod>('pods')) if (spec.nodeName === host.name) pods.add(metadata.uid);
  const guests = new Set<string>();
  for (const { status, metadata } of view.all<VirtualMachineInstance>('virtualmachineinstances')) {
    if (status?.nodeName === host.name) guests.add(metadata.uid);
  }
  const either = new Set([...pods, ...guests]);
  const volumes = new Set([...view.all('persistentvolumes')].map(({ metadata }) => metadata.name));
  const { containers, hypervisor, network, folders, podRecords, instanceRecords } = host;
  const strange = (what: string, found: Iterable<string>, known: ReadonlySet<string>) =>
    [...found].filter((one) => !known.has(one)).map((one) => `${host.name} has ${what} ${one} that belongs to nothing`);
  return [
    ...strange(
      'a container of pod',
      containers.actual().map((facts) => containerLabels(facts).podUid),
      pods,
    ),
    ...strange('remains of guest', hypervisor.remains(), guests),
    ...strange(
      'a port of machine',
      network.actual().map(({ machineUid }) => machineUid),
      either,
    ),
    ...strange('folders of pod', folders.mounted.keys(), pods),
    ...strange('a record of pod', podRecords.actual(), pods),
    ...strange('a record of guest', instanceRecords.actual(), guests),
    ...strange('volume', host.volumes.actual(), volumes),
  ];
}

function addressLeaks({ view }: SimulatedCloud): string[] {
  const trouble: string[] = [];
  const held = new Map<string, Stored<IPAddress>>();
  for (const address of view.all<IPAddress>('ipaddresses')) {
    held.set(address.metadata.name, address);
    const { group = '', resource, namespace = '', name } = address.spec?.parentRef ?? { resource: '', name: '' };
    const key = `/${group || 'core'}/${resource}/${namespace}/${name}`;
    if (!view.get(resource, key)) trouble.push(`address ${address.metadata.name} is kept for ${key}, which is gone`);
  }
  const machines: Iterable<Stored<KubeObject>>[] = [view.all('pods'), view.all('virtualmachineinstances')];
  for (const machine of machines.flatMap((each) => [...each])) {
    for (const { ip } of addressesOf(machine)) {
      if (!held.has(ip)) trouble.push(`${nameOf(machine)} has the address ${ip}, which is free for others`);
    }
  }
  return trouble;
}
