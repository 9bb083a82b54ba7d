import type { ByteChannel } from '@godwit/base';
import { FakeNetwork } from '@godwit/host/fake';

/** A network on whose machines somebody answers on every port: when they are ready is a matter of time alone. */
export class AnsweringNetwork extends FakeNetwork {
  override connect(address: string, port: number, timeoutMs: number): Promise<ByteChannel> {
    this.listen(address, port, (channel) => channel.abort());
    return super.connect(address, port, timeoutMs);
  }
}
