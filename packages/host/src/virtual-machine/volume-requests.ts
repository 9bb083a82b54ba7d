import { Failure } from '@godwit/base';
import type { ApiClient } from '@godwit/client';
import {
  dataVolume,
  persistentVolume,
  persistentVolumeClaim,
  type Stored,
  type VirtualMachineInstance,
  type VirtualMachineVolume,
  volumeStateOf,
  wholeUnits,
} from '@godwit/kinds';
import type { KernelRequest, PrepareRequest, PullPolicy, VolumeRequest, VolumeSource } from '../hypervisor-driver.ts';
import { cloudInitFiles } from './cloud-init-seed.ts';
import { configFiles } from './config-files.ts';

/**
 * What a machine boots from, with everything looked up that the API holds: claims become volumes of this host,
 * secrets and ConfigMaps files. Codes: `volume-not-ready`, `missing-object`, `bad-volume`.
 */
export async function prepareRequest(
  machine: Stored<VirtualMachineInstance>,
  client: ApiClient,
): Promise<PrepareRequest> {
  const { uid, name, namespace = '' } = machine.metadata;
  const volumes = (machine.spec.volumes ?? []).filter(({ memoryDump }) => memoryDump === undefined);
  const kernel = kernelRequest(machine);
  return {
    uid,
    name,
    namespace,
    volumes: await Promise.all(
      volumes.map(async (volume): Promise<VolumeRequest> => {
        return { name: volume.name, source: await volumeSource(volume, machine, client) };
      }),
    ),
    ...(kernel && { kernel }),
  };
}

function kernelRequest(machine: VirtualMachineInstance): KernelRequest | undefined {
  const container = machine.spec.domain.firmware?.kernelBoot?.container;
  if (!container) return undefined;
  const { image, kernelPath, initrdPath } = container;
  return {
    image,
    pullPolicy: pullPolicy(image, container.imagePullPolicy),
    ...(kernelPath && { kernelPath }),
    ...(initrdPath && { initrdPath }),
  };
}

function pullPolicy(image: string, policy: PullPolicy | undefined): PullPolicy {
  return policy ?? (image.endsWith(':latest') ? 'Always' : 'IfNotPresent');
}

async function volumeSource(
  volume: VirtualMachineVolume,
  machine: Stored<VirtualMachineInstance>,
  client: ApiClient,
): Promise<VolumeSource> {
  const { containerDisk, emptyDisk, hostDisk, persistentVolumeClaim: claim, ephemeral } = volume;
  if (containerDisk) {
    const { image, path, imagePullPolicy } = containerDisk;
    return { type: 'image', image, pullPolicy: pullPolicy(image, imagePullPolicy), ...(path && { path }) };
  }
  if (emptyDisk) return { type: 'empty', sizeBytes: wholeUnits(emptyDisk.capacity) };
  if (hostDisk) {
    const sizeBytes = wholeUnits(hostDisk.capacity);
    const create = hostDisk.type === 'DiskOrCreate';
    return { type: 'host-disk', path: hostDisk.path, create, ...(sizeBytes > 0 && { sizeBytes }) };
  }
  const namespace = machine.metadata.namespace ?? '';
  if (claim)
    return claimSource(claim.claimName, namespace, { readOnly: claim.readOnly === true, ephemeral: false }, client);
  if (volume.dataVolume) {
    await assertFilled(volume.dataVolume.name, namespace, client);
    return claimSource(volume.dataVolume.name, namespace, { readOnly: false, ephemeral: false }, client);
  }
  if (ephemeral?.persistentVolumeClaim) {
    const { claimName } = ephemeral.persistentVolumeClaim;
    return claimSource(claimName, namespace, { readOnly: true, ephemeral: true }, client);
  }
  const seed = await cloudInitFiles(volume, machine, client);
  if (seed) return { type: 'files', ...seed };
  const files = await configFiles(volume, machine, client);
  if (files) return { type: 'files', ...files };
  throw new Failure('bad-volume', `volume ${volume.name}: no source that this host knows`);
}

async function claimSource(
  name: string,
  namespace: string,
  use: { readonly readOnly: boolean; readonly ephemeral: boolean },
  client: ApiClient,
): Promise<VolumeSource> {
  const claim = await client.resource(persistentVolumeClaim).find({ namespace, name });
  if (!claim) throw notReady(`claim ${name} does not exist`);
  const volume = claim.spec.volumeName;
  if (!volume || claim.status?.phase !== 'Bound') throw notReady(`claim ${name} is not bound`);
  const state = volumeStateOf(await client.resource(persistentVolume).find({ name: volume }));
  if (state?.phase === 'Failed') throw notReady(`volume ${volume} cannot be made: ${state.message}`);
  const size = claim.status.capacity?.storage ?? claim.spec.resources?.requests?.storage;
  return { type: 'persistent', volume, sizeBytes: wholeUnits(size), ...use };
}

/** A claim that a DataVolume fills is not booted from before it is full. */
async function assertFilled(name: string, namespace: string, client: ApiClient): Promise<void> {
  const filling = await client.resource(dataVolume).find({ namespace, name });
  const phase = filling?.status?.phase;
  if (filling && phase !== 'Succeeded') throw notReady(`data volume ${name} is ${phase || 'not begun'}`);
}

function notReady(message: string): Failure {
  return new Failure('volume-not-ready', message, { retryable: true });
}
