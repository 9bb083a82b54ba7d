import { describeError } from '@godwit/base';
import type { MachineStream } from '@godwit/kinds';
import type { WebSocket } from 'ws';
import { bytesOf, holdUntil, sendMessage } from './web-socket-bytes.ts';

/** The oldest way to forward ports over a WebSocket, which library clients still use: two channels a port. */
export const portChannelProtocols: readonly string[] = ['v4.channel.k8s.io', 'portforward.k8s.io', 'channel.k8s.io'];

/**
 * Forwards the ports that the query named. Channel 2n carries the bytes of the n-th port, 2n+1 its errors;
 * each begins with the port's number, little-endian.
 */
export async function runPortChannels(
  socket: WebSocket,
  ports: readonly number[],
  open: (port: number) => Promise<MachineStream>,
): Promise<void> {
  const writers = new Map<number, (bytes: Buffer) => Promise<void>>();
  socket.on('message', (data) => {
    const message = bytesOf(data);
    const write = writers.get(message[0] ?? -1);
    if (write) holdUntil(socket, write(message.subarray(1)));
  });
  await Promise.all(ports.map((port, index) => runPort(socket, port, index * 2, open, writers)));
  socket.close(1000);
}

async function runPort(
  socket: WebSocket,
  port: number,
  channel: number,
  open: (port: number) => Promise<MachineStream>,
  writers: Map<number, (bytes: Buffer) => Promise<void>>,
): Promise<void> {
  const number = Buffer.alloc(2);
  number.writeUInt16LE(port);
  const send = (on: number, bytes: Uint8Array) => sendMessage(socket, Buffer.concat([Buffer.from([on]), bytes]));
  const opening = open(port);
  // It is waited for below, but may fail before that.
  opening.catch(settled);
  let queue: Promise<unknown> = opening;
  writers.set(channel, (bytes) => {
    queue = queue.then(() => opening).then(({ main }) => main.write(bytes));
    return queue.then(settled, settled);
  });
  try {
    await send(channel, number);
    await send(channel + 1, number);
    const { main } = await opening;
    socket.on('close', () => main.abort());
    for await (const bytes of main.incoming) await send(channel, bytes);
  } catch (error) {
    await send(channel + 1, Buffer.from(describeError(error))).catch(() => {});
  } finally {
    writers.delete(channel);
  }
}

/** What came of it is told elsewhere. */
function settled(): undefined {
  return undefined;
}
