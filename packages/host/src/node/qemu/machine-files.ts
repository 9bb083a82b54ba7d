import { join } from 'node:path';
import { Failure } from '@godwit/base';
import type { MachineFiles } from './command-line/index.ts';

/** Longest path of a socket that Linux takes (sun_path, with its closing zero). */
const LONGEST_SOCKET_PATH = 107;

/** Where everything of one machine lies: `<state>/machines/<uid>/`. */
export function machineFiles(root: string, uid: string): MachineFiles {
  const folder = join(root, uid);
  const files: MachineFiles = {
    folder,
    pid: join(folder, 'qemu.pid'),
    log: join(folder, 'qemu.log'),
    monitor: join(folder, 'monitor.sock'),
    serial: join(folder, 'serial.sock'),
    serialLog: join(folder, 'serial.log'),
    screen: join(folder, 'screen.sock'),
    agent: join(folder, 'agent.sock'),
    firmwareVariables: join(folder, 'firmware.fd'),
    trustedModule: join(folder, 'trusted.sock'),
  };
  if (files.trustedModule.length > LONGEST_SOCKET_PATH) {
    throw new Failure('path-too-long', `${root} is too long a folder for sockets: choose a shorter --state`);
  }
  return files;
}

/** The folder of a machine's disks, made by `prepare` and gone with the machine. */
export function diskFolder(files: MachineFiles): string {
  return join(files.folder, 'disks');
}
