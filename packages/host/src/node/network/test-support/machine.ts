/**
 * A machine's program for tests, run in the machine's namespace with a JSON list of servers as argument.
 * Prints `ready` once all listen. SIGTERM: closes its listeners, ends when open requests have ended.
 */
import { createSocket } from 'node:dgram';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { createServer } from 'node:net';

export interface TestServer {
  /** `greet`: says `word`, then echoes. `http`: answers every request with `word`. `udp`: answers with `word`. */
  readonly type: 'greet' | 'http' | 'http2' | 'udp';
  readonly port: number;
  readonly word: string;
  /** How long an HTTP answer takes. */
  readonly delayMs?: number;
}

function listen(server: TestServer): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<() => void>();
  if (server.type === 'greet') {
    const tcp = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => {});
      socket.write(server.word);
      socket.pipe(socket);
    });
    tcp.listen(server.port, () => resolve(() => tcp.close()));
  } else if (server.type === 'http') {
    const http = createHttpServer((request, response) => {
      request.resume();
      setTimeout(() => response.end(server.word), server.delayMs ?? 0);
    });
    http.listen(server.port, () => resolve(() => http.close()));
  } else if (server.type === 'http2') {
    const http2 = createHttp2Server((_, response) => response.end(server.word));
    http2.listen(server.port, () => resolve(() => http2.close()));
  } else {
    const udp = createSocket('udp4');
    udp.on('message', (_, from) => udp.send(server.word, from.port, from.address));
    udp.bind(server.port, () => resolve(() => udp.close()));
  }
  return promise;
}

const servers = JSON.parse(process.argv[2] ?? '[]') as TestServer[];
const closers = await Promise.all(servers.map(listen));
process.on('SIGTERM', () => {
  for (const close of closers) close();
});
console.log('ready');
