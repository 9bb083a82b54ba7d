import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { ready, serviceEntry } from '../../conformance/index.ts';
import type { ServiceEntry } from '../../network-driver.ts';
import { fetchText } from './test-support/load.ts';
import { NetworkHarness, whyNoNetwork } from './test-support/network-harness.ts';

describe('requests for what sleeps', { skip: whyNoNetwork() }, () => {
  const net = new NetworkHarness('holding');

  const nodePort = 30_000 + (process.pid % 2000);

  /** A service on port 80 of `net.lb(host)` that its only machine, `net.ip(host)`, may or may not serve. */
  function service(host: number, speech: string, isServed: boolean, wakes = true): ServiceEntry {
    const endpoints = isServed ? [ready(net.ip(host), 8080)] : [];
    const entry = serviceEntry(`web-${host}`, net.vip(host), endpoints);
    const ports = entry.ports.map((port) => ({ ...port, port: 80, appProtocol: speech }));
    return { ...entry, ports, externalIps: [net.lb(host)], wakes };
  }
  const apply = (...services: ServiceEntry[]) => net.driver.applyServices({ services, hosts: [] });
  /** By a connection of its own: one that is kept leads to the worker that took it, even after a reload. */
  const ask = async (host: number) => {
    const [response] = (await once(get({ host: net.lb(host), agent: false }), 'response')) as [IncomingMessage];
    return `${response.statusCode} ${await text(response)}`;
  };
  const waiting = async (host: number) =>
    (await net.driver.balancers()).find(({ name }) => name === `web-${host}`)?.queued ?? 0;
  const until = async (what: string, holds: () => Promise<boolean>) => {
    for (let tries = 0; !(await holds()); tries++) {
      assert.ok(tries < 7_200, what);
      await net.world.clock.sleep(25);
    }
  };

  before(async () => {
    await net.driver.start();
    for (const host of [10, 11]) await net.machine(host, [{ type: 'http', port: 8080, word: `web ${host}` }]);
  });
  after(() => net.close());

  for (const [speech, host] of [
    ['http', 10],
    ['tcp', 11],
  ] as const) {
    test(`${speech} waits until there is a machine, and is counted meanwhile`, async () => {
      await apply(service(host, speech, false));
      assert.equal(await waiting(host), 0);
      const answers = [ask(host), ask(host)];
      await until('two requests wait', async () => (await waiting(host)) === 2);
      await apply(service(host, speech, true));
      assert.deepEqual(await Promise.all(answers), [`200 web ${host}`, `200 web ${host}`]);
      assert.equal(await waiting(host), 0);
    });
  }

  test('where nothing is woken a request fails at once', async () => {
    await apply(service(10, 'http', false, false));
    assert.match(await ask(10), /^503 /);
  });

  /** Every way in but the external address, with who comes by it. */
  const ways: readonly (readonly [string, () => Promise<string>])[] = [
    ['another machine, at the cluster address', async () => (await net.askLater(10, `http://${net.vip(11)}/`)).join()],
    ['this host, at the cluster address', () => fetchText(`http://${net.vip(11)}/`)],
    ['this host, at the node port', () => fetchText(`http://127.0.0.1:${nodePort}/`)],
    [
      'another machine, at the node port',
      async () => (await net.askLater(10, `http://${net.plan.uplinkHostAddress}:${nodePort}/`)).join(),
    ],
  ];

  for (const isExternal of [true, false]) {
    test(`requests wait whichever way they come, ${isExternal ? 'beside' : 'without'} an external address`, async () => {
      const inner = (isServed: boolean, wakes = true): ServiceEntry => {
        const entry = service(11, 'http', isServed, wakes);
        const ports = entry.ports.map((port) => ({ ...port, nodePort }));
        return { ...entry, ports, externalIps: isExternal ? entry.externalIps : [] };
      };
      await apply(inner(true, false));
      for (const [who, request] of ways) assert.equal(await request(), 'web 11', who);
      await apply(inner(true));
      for (const [who, request] of ways) assert.equal(await request(), 'web 11', who);
      await apply(inner(false));
      const answers = ways.map(([, request]) => request());
      await until('all wait', async () => (await waiting(11)) === ways.length);
      await apply(inner(true));
      assert.deepEqual(
        await Promise.all(answers),
        ways.map(() => 'web 11'),
      );
      // Who does not sleep any more is reached without a detour, and what is not served is refused at once.
      await apply(inner(true, false));
      for (const [who, request] of ways) assert.equal(await request(), 'web 11', who);
      await apply(inner(false, false));
      await assert.rejects(fetchText(`http://${net.vip(11)}/`));
    });
  }

  test('a request that waits at a cluster address outlives the program', async () => {
    await apply(service(11, 'tcp', false));
    const answer = net.askLater(10, `http://${net.vip(11)}/`);
    await until('it waits', async () => (await waiting(11)) === 1);
    const restarted = await net.reopen();
    await restarted.applyServices({ services: [service(11, 'tcp', true)], hosts: [] });
    assert.deepEqual(await answer, ['web 11']);
  });

  test('a request that waits outlives a reload', async () => {
    await apply(service(10, 'http', false));
    const answer = ask(10);
    await until('it waits', async () => (await waiting(10)) === 1);
    await apply(service(10, 'http', false), service(11, 'http', true));
    assert.equal(await ask(11), '200 web 11');
    await apply(service(10, 'http', true), service(11, 'http', true));
    assert.equal(await answer, '200 web 10');
  });
});
