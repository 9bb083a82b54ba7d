import { writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { Failure } from '@godwit/base';
import { type AdminAccess, openAdminAccess } from '../access/admin-access.ts';
import { parseMachine } from '../access/machine-argument.ts';
import { Terminal } from '../terminal/terminal.ts';
import type { MachineOptions } from './lifecycle.ts';

/** `godwit vnc vm/x`: a local port for any VNC viewer; with `--screenshot` one picture. */
export async function vnc(
  machine: string,
  options: MachineOptions & { readonly port: string; readonly screenshot?: string },
): Promise<void> {
  const { name } = parseMachine(machine, ['vm', 'vmi']);
  const path = `/apis/subresources.kubevirt.io/v1/namespaces/${options.namespace}/virtualmachineinstances/${name}/vnc`;
  const access = openAdminAccess(options.state);
  const terminal = new Terminal();
  if (options.screenshot !== undefined) {
    writeFileSync(options.screenshot, await access.fetchBytes(`${path}/screenshot`));
    terminal.success(`saved ${options.screenshot}`);
    return;
  }
  const server = createServer((viewer) => relay(viewer, access, path));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(new Failure('port-taken', `port ${options.port}: ${cause.message}`)));
    server.listen(Number(options.port), '127.0.0.1', resolve);
  });
  terminal.success(`${name}'s screen is at 127.0.0.1:${options.port}; Ctrl-C ends`);
}

function relay(viewer: Socket, access: AdminAccess, path: string): void {
  const socket = access.open(path, ['plain.kubevirt.io']);
  viewer.pause();
  socket.on('open', () => viewer.resume());
  socket.on('message', (data) => viewer.write(data as Buffer));
  socket.on('close', () => viewer.end());
  socket.on('error', (error) => {
    process.stderr.write(`godwit: ${error.message}\n`);
    viewer.destroy();
  });
  viewer.on('data', (bytes) => socket.send(bytes));
  viewer.on('close', () => socket.close());
  viewer.on('error', () => socket.close());
}
