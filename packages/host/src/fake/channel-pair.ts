import { type ByteChannel, Failure, Subscription } from '@godwit/base';

/** Both ends of one connection, and what the network may do with it. */
export type ChannelPair = readonly [
  near: ByteChannel,
  far: ByteChannel,
  connection: { abort(): void; onEnd(listener: () => void): void },
];

/** Two channels that are each other's other side: what one writes the other reads. */
export function pipeOfChannels(): ChannelPair {
  const toFar = new Subscription<Uint8Array>();
  const toNear = new Subscription<Uint8Array>();
  const listeners: (() => void)[] = [];
  const checkEnd = () => {
    if (!toFar.closed || !toNear.closed) return;
    for (const listener of listeners.splice(0)) listener();
  };
  const abort = (reason?: unknown) => {
    const failure = new Failure('connection-closed', 'the connection broke', { cause: reason });
    toFar.fail(failure);
    toNear.fail(failure);
    checkEnd();
  };
  const end = (incoming: Subscription<Uint8Array>, outgoing: Subscription<Uint8Array>): ByteChannel => ({
    incoming,
    async write(bytes) {
      if (outgoing.closed) throw new Failure('connection-closed', 'the connection is closed');
      outgoing.push(bytes);
    },
    end() {
      outgoing.close();
      checkEnd();
    },
    abort,
  });
  const onEnd = (listener: () => void) => {
    listeners.push(listener);
    checkEnd();
  };
  return [end(toNear, toFar), end(toFar, toNear), { abort, onEnd }];
}
