import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure, hasCode } from '@godwit/base';
import { exists, runProgram } from '@godwit/base/node';
import type { LaunchRequest } from '../../hypervisor-driver.ts';
import { hasTrustedModule } from './command-line/extras.ts';
import { ovmfImages } from './command-line/firmware.ts';
import type { LaunchSite } from './command-line/index.ts';

/** Folder of Debian's `ovmf`. */
const OVMF_FOLDER = '/usr/share/OVMF';

/** Where the UEFI firmware lies, or undefined where it is not installed. */
export async function firmwareFolder(): Promise<string | undefined> {
  return (await exists(join(OVMF_FOLDER, 'OVMF_CODE_4M.fd'))) ? OVMF_FOLDER : undefined;
}

/**
 * What the hardware needs beside QEMU before it starts: the firmware's variables, and the process that is the trusted
 * platform module. Persistent ones lie in `keep`, a folder that stays when the machine goes.
 */
export async function prepareFirmware(request: LaunchRequest, site: LaunchSite, keep: string): Promise<void> {
  const images = ovmfImages(request.spec);
  if (images && site.firmwareFolder && !(await exists(site.files.firmwareVariables))) {
    await mkdir(site.files.folder, { recursive: true, mode: 0o700 });
    await copyFile(join(site.firmwareFolder, images.variables), site.files.firmwareVariables);
  }
  if (hasTrustedModule(request.spec)) await startTrustedModule(request, site, keep);
}

/** swtpm ends by itself when QEMU closes the connection. */
async function startTrustedModule(request: LaunchRequest, site: LaunchSite, keep: string): Promise<void> {
  const persistent = request.spec.domain.devices.tpm?.persistent === true;
  const folder = join(persistent ? keep : site.files.folder, 'trusted');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const socket = `type=unixio,path=${site.files.trustedModule}`;
  try {
    await runProgram('swtpm', [
      'socket',
      '--tpm2',
      '--tpmstate',
      `dir=${folder}`,
      '--ctrl',
      socket,
      '--terminate',
      '--daemon',
    ]);
  } catch (error) {
    if (!hasCode(error, 'program-missing')) throw error;
    throw new Failure('unsupported-hardware', 'spec.domain.devices.tpm: needs the package swtpm on this host', {
      cause: error,
    });
  }
}
