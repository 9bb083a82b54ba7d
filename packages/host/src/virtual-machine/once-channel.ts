import { type ByteChannel, Failure } from '@godwit/base';

/** A channel that says one thing and ends. */
export function onceChannel(bytes: Uint8Array): ByteChannel {
  return {
    incoming: (async function* once() {
      yield bytes;
    })(),
    write: () => Promise.reject(new Failure('channel-closed', 'nothing can be written to this channel')),
    end: () => undefined,
    abort: () => undefined,
  };
}
