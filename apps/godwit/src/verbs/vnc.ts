import { writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { Failure } from '@godwit/base';
import { type AdminAccess, openAdminAccess } from '../access/admin-access.ts';
import { instanceKind, machineName } from '../access/kind-argument.ts';
import { Terminal } from '../terminal/terminal.ts';
import { type MachineOptions, orderPath } from './lifecycle.ts';

/** `godwit vnc vm/x`: a local port for any VNC viewer; with `--screenshot` one picture. */
export async function vnc(
  machine: string,
  options: MachineOptions & { readonly port: string; readonly screenshot?: string },
): Promise<void> {
  const path = orderPath(options.namespace, 'virtualmachineinstances', machineName(machine, instanceKind), 'vnc');
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
