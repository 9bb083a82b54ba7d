import { createConnection, type Socket } from 'node:net';
import { Failure } from '@godwit/base';

/** A connection to a socket of a machine. Code `not-connected` where nobody listens. */
export function connectSocket(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    const refuse = (error: Error) =>
      reject(new Failure('not-connected', `nobody listens at ${path}`, { cause: error }));
    socket.once('error', refuse);
    socket.once('connect', () => {
      socket.off('error', refuse);
      resolve(socket);
    });
  });
}
