import { connect, type Socket } from 'node:net';
import { type ByteChannel, Failure } from '@godwit/base';

/** @throws Failure `connect-failed` (retryable), `connect-timeout` (retryable) */
export function connectTcp(address: string, port: number, timeoutMs: number): Promise<ByteChannel> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, allowHalfOpen: true, noDelay: true });
    const fail = (code: string, cause?: unknown) => {
      socket.destroy();
      reject(new Failure(code, `cannot connect to ${address}:${port}`, { cause, retryable: true }));
    };
    const signal = AbortSignal.timeout(timeoutMs);
    const onTimeout = () => fail('connect-timeout');
    const onError = (cause: Error) => fail('connect-failed', cause);
    signal.addEventListener('abort', onTimeout, { once: true });
    socket.once('error', onError);
    socket.once('connect', () => {
      signal.removeEventListener('abort', onTimeout);
      socket.off('error', onError);
      resolve(channelOf(socket));
    });
  });
}

/** A socket as a channel: `incoming` is read at the pace of its reader. */
export function channelOf(socket: Socket): ByteChannel {
  // Errors reach the reader through the iterator; without a listener they would end the program.
  socket.on('error', () => {});
  return {
    incoming: socket,
    write: (bytes) =>
      new Promise((resolve, reject) => {
        socket.write(bytes, (error) =>
          error ? reject(new Failure('connection-closed', 'the connection is closed', { cause: error })) : resolve(),
        );
      }),
    end: () => {
      socket.end();
    },
    abort: (reason) => {
      socket.destroy(reason instanceof Error ? reason : undefined);
    },
  };
}
