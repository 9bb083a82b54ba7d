import { test } from 'node:test';
import { testNetworkDriver } from '../../conformance/index.ts';
import { end, NetworkHarness, whyNoNetwork } from './test-support/network-harness.ts';

const reason = whyNoNetwork();
if (reason) test('network driver: Linux', (t) => t.skip(reason));
else {
  testNetworkDriver('Linux', async () => {
    const harness = new NetworkHarness('conformance');
    return {
      driver: harness.driver,
      prefix: harness.prefix,
      serve: async (port, _address, tcpPort, word) => {
        const child = await harness.serve(port, [{ type: 'greet', port: tcpPort, word }]);
        return () => end(child, 'SIGKILL');
      },
      reopen: () => harness.reopen(),
      close: () => harness.close(),
    };
  });
}
