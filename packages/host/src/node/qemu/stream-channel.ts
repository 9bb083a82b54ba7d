import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { type ByteChannel, Failure } from '@godwit/base';

/** A byte channel over a stream of Node. */
export function channelOf(stream: Duplex): ByteChannel {
  stream.on('error', () => undefined);
  return {
    incoming: stream,
    write: async (bytes) => {
      if (stream.destroyed || stream.writableEnded) throw new Failure('channel-closed', 'the channel is closed');
      if (!stream.write(bytes)) await Promise.race([once(stream, 'drain'), once(stream, 'close')]);
    },
    end: () => void stream.end(),
    abort: (reason) => void stream.destroy(reason instanceof Error ? reason : undefined),
  };
}
