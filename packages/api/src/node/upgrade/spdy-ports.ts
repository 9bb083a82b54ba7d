import type { Duplex } from 'node:stream';
import { describeError } from '@godwit/base';
import type { MachineStream } from '@godwit/kinds';
import { SpdyConnection, type SpdyStream } from '../spdy/index.ts';

/** What `kubectl port-forward` speaks over SPDY, on a connection of its own or inside a WebSocket. */
export const spdyPortProtocol = 'portforward.k8s.io';
export const spdyPortTunnel = 'SPDY/3.1+portforward.k8s.io';

interface Pair {
  data?: SpdyStream;
  error?: SpdyStream;
}

/**
 * Forwards ports: for each connection that the client has accepted it opens a pair of streams, one for
 * bytes and one for what goes wrong, joined by their `requestid`. Resolves when the client has gone.
 */
export async function runSpdyPorts(duplex: Duplex, open: (port: number) => Promise<MachineStream>): Promise<void> {
  const pairs = new Map<string, Pair>();
  const connection = new SpdyConnection(duplex, (stream) => {
    const id = stream.headers.get('requestid') ?? '';
    const pair: Pair = pairs.get(id) ?? {};
    pairs.set(id, pair);
    if (stream.headers.get('streamtype') === 'error') pair.error = stream;
    else pair.data = stream;
    if (!pair.data || !pair.error) return;
    pairs.delete(id);
    forward(pair.data, pair.error, open).catch(() => {});
  });
  await connection.run();
}

async function forward(
  data: SpdyStream,
  error: SpdyStream,
  open: (port: number) => Promise<MachineStream>,
): Promise<void> {
  const port = Number(data.headers.get('port'));
  try {
    const { main } = await open(port);
    const up = pump(data.incoming, (bytes) => main.write(bytes)).then(
      () => main.end(),
      (reason: unknown) => main.abort(reason),
    );
    await pump(main.incoming, (bytes) => data.write(bytes));
    data.end();
    error.end();
    await up;
  } catch (reason) {
    const text = `an error occurred forwarding to port ${port}: ${describeError(reason)}`;
    await error.write(Buffer.from(text)).catch(() => {});
    error.end();
    data.abort();
  }
}

async function pump(from: AsyncIterable<Uint8Array>, to: (bytes: Uint8Array) => Promise<void>): Promise<void> {
  for await (const bytes of from) await to(bytes);
}
