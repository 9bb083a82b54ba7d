import { once } from 'node:events';
import { Failure } from '@godwit/base';
import { openAdminAccess } from '../access/admin-access.ts';
import { instanceKind, machineName } from '../access/kind-argument.ts';
import { type MachineOptions, orderPath } from './lifecycle.ts';

/** Ctrl-]. */
const LEAVE = 0x1d;

/** `godwit console vm/x`: this terminal becomes the guest's serial console. */
export async function openConsole(machine: string, options: MachineOptions): Promise<void> {
  const name = machineName(machine, instanceKind);
  const path = orderPath(options.namespace, 'virtualmachineinstances', name, 'console');
  const socket = openAdminAccess(options.state).open(path, ['plain.kubevirt.io']);
  socket.on('unexpected-response', (_request, response) => {
    response.setEncoding('utf8').on('data', (text: string) => leave(1, messageOf(text)));
  });
  socket.on('error', (error) => leave(1, error.message));
  await once(socket, 'open');
  if (process.stdin.isTTY) process.stderr.write(`Connected to ${name}. Ctrl-] leaves; Enter shows a prompt.\r\n`);
  if (process.stdin.isTTY) process.stdin.setRawMode(true);
  process.stdin.on('data', (bytes: Buffer) => {
    if (process.stdin.isTTY && bytes.includes(LEAVE)) socket.close(1000);
    else socket.send(bytes);
  });
  socket.on('message', (data) => process.stdout.write(data as Buffer));
  socket.on('close', () => leave(0));
}

function leave(code: number, message?: string): void {
  if (process.stdin.isTTY) process.stdin.setRawMode(false);
  if (message !== undefined) process.stderr.write(`godwit: ${message}\n`);
  process.exit(code);
}

function messageOf(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    throw new Failure('bad-answer', text);
  }
}
