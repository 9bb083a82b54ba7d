import { type ByteChannel, VirtualClock } from '@godwit/base';
import { testNetworkDriver } from '../conformance/index.ts';
import { FakeNetwork } from './network.ts';

testNetworkDriver('fake', async () => {
  const clock = new VirtualClock();
  const driver = new FakeNetwork(clock);
  // Nothing here depends on time but the time-outs, so time may run as fast as it can.
  let isOpen = true;
  const tick = () => {
    clock.step();
    if (isOpen) setTimeout(tick, 1).unref();
  };
  tick();
  return {
    driver,
    prefix: '10.80',
    serve: async (_port, address, tcpPort, word) => {
      const stop = driver.listen(address, tcpPort, (channel) => {
        // The test breaks some connections on purpose.
        echo(channel, word).catch(() => {});
      });
      return async () => stop();
    },
    reopen: async () => {
      await driver.release();
      await driver.start();
      return driver;
    },
    close: async () => {
      isOpen = false;
    },
  };
});

async function echo(channel: ByteChannel, word: string): Promise<void> {
  await channel.write(Buffer.from(word));
  for await (const bytes of channel.incoming) await channel.write(bytes);
  channel.end();
}
