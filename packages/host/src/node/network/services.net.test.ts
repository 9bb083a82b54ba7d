import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { type Failure, hasCode } from '@godwit/base';
import { ready, serviceEntry } from '../../conformance/index.ts';
import type { Endpoint, ServiceEntry, ServicePortEntry } from '../../network-driver.ts';
import { fetchHttp2, fetchText } from './test-support/load.ts';
import { NetworkHarness, whyNoNetwork } from './test-support/network-harness.ts';

const skip = whyNoNetwork();

describe('services on a host', { skip }, () => {
  const net = new NetworkHarness('services');
  const all = [10, 11, 12];
  const endpoints = (port: number): Endpoint[] => all.map((host) => ready(net.ip(host), port));
  const apply = (...services: ServiceEntry[]) => net.driver.applyServices({ services, hosts: [] });
  const entry = (host: number, more: Partial<ServiceEntry>, port: Partial<ServicePortEntry>): ServiceEntry => {
    const base = serviceEntry(`service-${host}`, net.vip(host), endpoints(8080));
    return {
      ...base,
      ...more,
      ports: [{ ...base.ports[0], name: '', protocol: 'TCP', port: 80, endpoints: endpoints(8080), ...port }],
    };
  };

  before(async () => {
    await net.driver.start();
    await Promise.all(
      all.map((host) =>
        net.machine(host, [
          { type: 'http', port: 8080, word: `web ${host}` },
          { type: 'http2', port: 8082, word: `streams ${host}` },
          { type: 'udp', port: 5353, word: `datagram ${host}` },
          { type: 'greet', port: 9000, word: `hello ${host}` },
        ]),
      ),
    );
  });
  after(() => net.close());

  test('all replicas behind a load balancer answer in turn, to the host and to machines', async () => {
    await apply(entry(10, { externalIps: [net.lb(10)] }, {}));
    const answers: string[] = [];
    for (let i = 0; i < 6; i++) answers.push(await fetchText(`http://${net.lb(10)}/`));
    assert.deepEqual(answers.slice(0, 3), answers.slice(3));
    assert.deepEqual(answers.slice(0, 3).sort(), ['web 10', 'web 11', 'web 12']);
    assert.match(net.ask(10, `http://${net.lb(10)}/`).join(), /^web 1[012]$/);
  });

  test('plain TCP passes through the same load balancer, also where the server speaks first', async () => {
    await apply(entry(10, { externalIps: [net.lb(10)] }, { endpoints: endpoints(9000) }));
    const channel = await net.driver.connect(net.lb(10), 80, 60_000);
    const word = await channel.incoming[Symbol.asyncIterator]().next();
    assert.match(Buffer.from(word.value ?? '').toString(), /^hello 1[012]$/);
    channel.abort();
  });

  test('a node port answers on the addresses of the host, on 127.0.0.1 and to machines', async () => {
    const nodePort = 30_000 + (process.pid % 2000);
    await apply(entry(10, {}, { nodePort }));
    const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    // Addresses of TEST-NET-3 belong to a test beside this one, and may go at any moment.
    const outer = own.find(
      ({ family, internal, address }) => family === 'IPv4' && !internal && !/^(10|203\.0\.113)\./.test(address),
    );
    for (const address of ['127.0.0.1', outer?.address ?? '127.0.0.1', net.plan.uplinkHostAddress]) {
      assert.match(await fetchText(`http://${address}:${nodePort}/`), /^web 1[012]$/);
      if (address !== '127.0.0.1') {
        assert.match(net.ask(10, `http://${address}:${nodePort}/`).join(), /^web 1[012]$/);
      }
    }
    await apply(entry(10, {}, {}));
    await assert.rejects(fetchText(`http://127.0.0.1:${nodePort}/`));
  });

  test('a machine reaches itself and its neighbours through a service', async () => {
    await apply(entry(10, {}, {}));
    const seen = new Set(net.ask(10, `http://${net.vip(10)}/`, { count: 60 }));
    assert.deepEqual([...seen].sort(), ['web 10', 'web 11', 'web 12']);
  });

  test('a client with affinity stays, and moves when its endpoint takes no more', async () => {
    await apply(entry(10, { sessionAffinitySeconds: 600 }, {}));
    const first = await fetchText(`http://${net.vip(10)}/`);
    for (let i = 0; i < 8; i++) assert.equal(await fetchText(`http://${net.vip(10)}/`), first);
    await net.reopen();
    await apply(entry(10, { sessionAffinitySeconds: 600 }, {}));
    assert.equal(await fetchText(`http://${net.vip(10)}/`), first);
    const left = endpoints(8080).filter(({ address }) => !first.endsWith(address.split('.')[3] as string));
    await apply(entry(10, { sessionAffinitySeconds: 600 }, { endpoints: left }));
    const second = await fetchText(`http://${net.vip(10)}/`);
    assert.notEqual(second, first);
    for (let i = 0; i < 8; i++) assert.equal(await fetchText(`http://${net.vip(10)}/`), second);
  });

  test('behind a load balancer a client stays too, and moves when its endpoint drains', async () => {
    const sticky = entry(10, { sessionAffinitySeconds: 600, externalIps: [net.lb(10)] }, {});
    await apply(sticky);
    const url = `http://${net.lb(10)}/`;
    const first = await fetchText(url);
    for (let i = 0; i < 8; i++) assert.equal(await fetchText(url), first);
    const host = Number(first.split(' ')[1]);
    await net.driver.drain(net.ip(host), 5000);
    const second = await fetchText(url);
    assert.notEqual(second, first);
    for (let i = 0; i < 8; i++) assert.equal(await fetchText(url), second);
    await net.driver.attach(net.request(host));
  });

  test('only clients of the allowed ranges are let in', async () => {
    const only = (range: string) => entry(10, { externalIps: [net.lb(10)], sourceRanges: [range] }, {});
    await apply(only('192.0.2.0/24'));
    await assert.rejects(fetchText(`http://${net.lb(10)}/`));
    await apply(only(`${net.prefix}.255.0/24`));
    assert.match(await fetchText(`http://${net.lb(10)}/`), /^web/);
    await apply(only('0.0.0.0/0 } or TRUE'));
    await assert.rejects(fetchText(`http://${net.lb(10)}/`));
  });

  test('HTTP/2 without TLS gets through as it is', async () => {
    for (const name of ['', 'grpc']) {
      const port = 81 + name.length;
      await apply(entry(10, { externalIps: [net.lb(10)] }, { name, port, endpoints: endpoints(8082) }));
      assert.match(await fetchHttp2(`http://${net.lb(10)}:${port}`), /^streams 1[012]$/);
    }
  });

  test('UDP flows follow the endpoints', async () => {
    const udp = (list: Endpoint[]) =>
      entry(10, { externalIps: [net.lb(10)] }, { protocol: 'UDP', port: 53, endpoints: list });
    const [first, second] = endpoints(5353) as [Endpoint, Endpoint];
    await apply(udp([first]));
    const socket = createSocket('udp4');
    const ask = async (address: string) => {
      const answer = new Promise<string>((resolve) => socket.once('message', (bytes) => resolve(bytes.toString())));
      socket.send('?', 53, address);
      return answer;
    };
    assert.equal(await ask(net.vip(10)), 'datagram 10');
    assert.equal(await ask(net.lb(10)), 'datagram 10');
    await apply(udp([second]));
    assert.equal(await ask(net.vip(10)), 'datagram 11');
    socket.close();
  });

  test('a service may lead to the host itself, as that of the API does', async () => {
    const server = createServer((_, response) => response.end('the API'));
    await new Promise<void>((resolve) => server.listen(0, net.plan.uplinkHostAddress, resolve));
    const { port } = server.address() as AddressInfo;
    await apply(entry(1, { name: 'kubernetes' }, { endpoints: [ready(net.plan.uplinkHostAddress, port)] }));
    assert.equal(await fetchText(`http://${net.vip(1)}/`), 'the API');
    assert.deepEqual(await net.askLater(10, `http://${net.vip(1)}/`), ['the API']);
    server.close();
  });

  test('without endpoints a client is refused at once', async () => {
    await apply(entry(10, {}, { endpoints: [] }));
    // Said so by who is asked, and not found out by waiting in vain.
    for (const host of [10, 77]) {
      const refused = (error: Failure) => hasCode(error, 'connect-failed') && hasCode(error.cause, 'ECONNREFUSED');
      await assert.rejects(net.driver.connect(net.vip(host), 80, 60_000), refused);
    }
  });
});
