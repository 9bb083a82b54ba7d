import type { ByteChannel } from '@godwit/base';
import type { RawData, WebSocket } from 'ws';

/** Sends one message; resolves when it has been handed to the network. */
export function sendMessage(socket: WebSocket, data: Uint8Array | string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(data, { binary: typeof data !== 'string' }, (error) => (error ? reject(error) : resolve()));
  });
}

export function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}

/** Stops reading from the client until there is room again. */
export function holdUntil(socket: WebSocket, room: Promise<void> | undefined): void {
  if (!room) return;
  socket.pause();
  room.then(
    () => socket.resume(),
    () => {},
  );
}

/** A WebSocket whose messages are nothing but bytes: consoles, screens, forwarded ports of machines. */
export async function runPlain(socket: WebSocket, channel: ByteChannel): Promise<void> {
  let writing = Promise.resolve();
  socket.on('message', (data) => {
    // Writes queue up behind each other, and the client waits for them.
    writing = writing.then(() => channel.write(bytesOf(data)));
    holdUntil(socket, writing);
    writing.catch(() => socket.terminate());
  });
  socket.on('close', () => channel.abort());
  try {
    for await (const bytes of channel.incoming) await sendMessage(socket, bytes);
    socket.close(1000);
  } catch {
    socket.close(1011);
  }
}
