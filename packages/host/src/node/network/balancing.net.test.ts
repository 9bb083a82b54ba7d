import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { type ByteChannel, codeOf } from '@godwit/base';
import { ready, serviceEntry } from '../../conformance/index.ts';
import type { ServiceEntry } from '../../network-driver.ts';
import { load } from './test-support/load.ts';
import { end, NetworkHarness, whyNoNetwork } from './test-support/network-harness.ts';

const DRAIN_MS = 120_000;

const PATIENCE_MS = 60_000;

describe('balancing under load', { skip: whyNoNetwork() }, () => {
  const net = new NetworkHarness('balancing');
  const machines = new Map<number, ChildProcess>();
  let hosts: number[] = [];

  const start = async (host: number) => {
    const child = await net.machine(host, [
      { type: 'http', port: 8080, word: `web ${host}`, delayMs: 3 },
      { type: 'greet', port: 9000, word: `hello ${host}` },
    ]);
    machines.set(host, child);
  };
  const stop = (host: number, signal: NodeJS.Signals) => end(machines.get(host) as ChildProcess, signal);

  function web(serving: readonly number[], port = 8080): ServiceEntry {
    const endpoints = serving.map((host) => ready(net.ip(host), port));
    const entry = serviceEntry(`web-${port}`, net.vip(port % 200), endpoints);
    return { ...entry, externalIps: [net.lb(port % 200)] };
  }
  const url = `http://${net.lb(8080 % 200)}/`;
  const apply = (...services: ServiceEntry[]) => net.driver.applyServices({ services, hosts: [] });
  const progress = { answered: 0 };
  /** Some requests later: what happens next happens under load. */
  const underLoad = async () => {
    for (const goal = progress.answered + 60; progress.answered < goal; ) await net.world.clock.sleep(10);
  };

  const comeAndGo = async () => {
    await underLoad();
    await start(13);
    await apply(web([10, 11, 12, 13]), web(hosts, 9000));
    await underLoad();
    await stop(11, 'SIGKILL');
    await underLoad();
    await apply(web([10, 12, 13]), web(hosts, 9000));
    await underLoad();
    await net.driver.drain(net.ip(10), DRAIN_MS);
    await stop(10, 'SIGTERM');
    await net.driver.detach('machine-10');
    await apply(web([12, 13]), web(hosts, 9000));
    await underLoad();
  };
  const reloadAndRestart = async () => {
    await underLoad();
    const another = { ...web(hosts), name: 'another', uid: 'another', externalIps: [net.lb(99)] };
    await apply(web(hosts), { ...another, clusterIps: [net.vip(99)] });
    await underLoad();
    await net.reopen();
    await apply(web(hosts));
    await underLoad();
  };
  const planStop = async () => {
    await underLoad();
    await net.driver.drain(net.ip(10), DRAIN_MS);
    await stop(10, 'SIGTERM');
    await underLoad();
  };

  before(async () => {
    await net.driver.start();
  });
  beforeEach(async () => {
    hosts = [10, 11, 12];
    await Promise.all(hosts.map(start));
    await apply(web(hosts), web(hosts, 9000));
  });
  afterEach(async () => {
    // Nobody says that a machine is ready while it is gone: HAProxy would find it down, and the next test's down as well.
    await apply();
    for (const child of machines.values()) await end(child, 'SIGKILL');
    for (const { machineUid } of await net.driver.ports()) await net.driver.detach(machineUid);
  });
  after(() => net.close());

  test('machines that come, go as planned, or are killed cost no request', async () => {
    const result = await load(url, { clients: 6, keepSome: true, progress }, comeAndGo());
    assert.deepEqual(result.failures, []);
    assert.ok(result.total > 200, `only ${result.total} requests`);
    assert.deepEqual([...result.answers.keys()].sort(), ['web 10', 'web 11', 'web 12', 'web 13']);
  });

  test('a reload for another service, and a restart of the program, cost no request', async () => {
    const result = await load(url, { clients: 6, keepSome: true, progress }, reloadAndRestart());
    assert.deepEqual(result.failures, []);
    assert.ok(result.total > 100, `only ${result.total} requests`);
  });

  test('a planned stop behind a cluster address costs no request', async () => {
    // Connections that are kept open hold the drain back until their client ends them: none of those here.
    const result = await load(`http://${net.vip(8080 % 200)}/`, { clients: 3, progress }, planStop());
    assert.deepEqual(result.failures, []);
  });

  test('a long connection through the load balancer outlives drain and reload, and holds the stop back', async () => {
    const channel = await net.driver.connect(net.lb(0), 80, PATIENCE_MS);
    const reader = channel.incoming[Symbol.asyncIterator]();
    const host = Number(text(await reader.next()).split(' ')[1]);
    let drained = false;
    const draining = net.driver.drain(net.ip(host), DRAIN_MS).finally(() => {
      drained = true;
    });
    const another = {
      ...web(hosts),
      name: 'third',
      uid: 'third',
      externalIps: [net.lb(98)],
      clusterIps: [net.vip(98)],
    };
    await apply(web(hosts), web(hosts, 9000), another);
    for (const word of ['still', 'there']) {
      await net.world.clock.sleep(300);
      await channel.write(Buffer.from(word));
      assert.equal(text(await reader.next()), word);
    }
    assert.equal(drained, false);
    await close(channel);
    await draining;
  });

  test('without services it refuses, and takes up again where it is asked to', async () => {
    await apply();
    // The worker of before closes its door as soon as it has heard of it.
    await refused(net, () => net.driver.connect(net.lb(0), 80, PATIENCE_MS));
    await apply(web(hosts));
    const result = await load(url, { clients: 1, progress }, underLoad());
    assert.deepEqual(result.failures, []);
  });

  test('HAProxy that dies is started again', async () => {
    const file = `${net.driver.names.runFolder}/lb/haproxy.pid`;
    const before = Number(readFileSync(file, 'utf8'));
    process.kill(before, 'SIGKILL');
    for (let i = 0; i < 5_000; i++) {
      const answer = await load(url, { clients: 1 }, net.world.clock.sleep(1));
      if (answer.failures.length === 0) return assert.notEqual(Number(readFileSync(file, 'utf8')), before);
      await net.world.clock.sleep(20);
    }
    assert.fail('HAProxy did not come back');
  });
});

/** Resolves once a connection is refused; fails when they are still taken after a while. */
async function refused(net: NetworkHarness, connect: () => Promise<ByteChannel>): Promise<void> {
  for (let tries = 0; tries < 5_000; tries++) {
    try {
      (await connect()).abort();
    } catch (error) {
      assert.equal(codeOf(error), 'connect-failed');
      return;
    }
    await net.world.clock.sleep(20);
  }
  assert.fail('connections are still taken');
}

function text(next: IteratorResult<Uint8Array>): string {
  return next.done ? '' : Buffer.from(next.value).toString();
}

async function close(channel: ByteChannel): Promise<void> {
  channel.end();
  for await (const _ of channel.incoming);
}
