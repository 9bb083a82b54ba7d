import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { SystemClock, type Timer } from '@godwit/base';
import { ready, serviceEntry } from '../../conformance/index.ts';
import { portName } from './data-plane-names.ts';
import { LinuxNetwork } from './linux-network.ts';
import { fetchText } from './test-support/load.ts';
import { isAlive, NetworkHarness, whyNoNetwork } from './test-support/network-harness.ts';

/** What one instance has on the host, by its id and its prefix of addresses. */
function traces(net: NetworkHarness): string[] {
  const { instanceId, prefix } = net;
  const said = [
    execFileSync('ip', ['-o', 'link'], { encoding: 'utf8' }),
    execFileSync('ip', ['-o', 'addr'], { encoding: 'utf8' }),
    execFileSync('ip', ['route', 'show', 'table', 'all'], { encoding: 'utf8' }),
    execFileSync('nft', ['list', 'ruleset'], { encoding: 'utf8' }),
    execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' }),
    readdirSync('/run').join('\n'),
    execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }),
  ];
  return said
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.includes(instanceId) || line.includes(`${prefix}.`));
}

const web = (net: NetworkHarness) => ({
  hosts: [],
  services: [{ ...serviceEntry('web', net.vip(10), [ready(net.ip(10), 8080)]), externalIps: [net.lb(10)] }],
});
const answers = async (net: NetworkHarness) =>
  Promise.all([net.vip(10), net.lb(10)].map((address) => fetchText(`http://${address}/`)));

/** Time as it is, but for looks after daemons: those take place when they are told to. */
class LookedAfterByHand extends SystemClock {
  look: () => void = () => undefined;

  override after(delayMs: number, task: () => void): Timer {
    if (delayMs !== 1_000) return super.after(delayMs, task);
    this.look = task;
    return { cancel: () => undefined };
  }
}

describe('life of a data plane', { skip: whyNoNetwork() }, () => {
  const first = new NetworkHarness('life-1');
  const nets = [first];
  before(async () => {
    assert.deepEqual(traces(first), []);
    await first.driver.start();
    await first.machine(10, [{ type: 'http', port: 8080, word: 'first' }]);
    await first.driver.applyServices(web(first));
  });
  after(async () => {
    for (const net of nets) await net.close();
  });

  test('two instances stand side by side and do not know of each other', async () => {
    const second = new NetworkHarness('life-2');
    nets.push(second);
    await second.driver.start();
    await second.machine(10, [{ type: 'http', port: 8080, word: 'second' }]);
    await second.driver.applyServices(web(second));
    assert.deepEqual(await answers(first), ['first', 'first']);
    assert.deepEqual(await answers(second), ['second', 'second']);
    await second.close();
    assert.deepEqual(traces(second), []);
    assert.deepEqual(await answers(first), ['first', 'first']);
  });

  test('a restart repairs what somebody took away, and leaves alone what stands', async () => {
    const { names } = first.driver;
    execFileSync('ip', ['link', 'del', names.uplink]);
    execFileSync('nft', ['delete', 'table', 'ip', names.table]);
    first.inDataPlane('nft', 'flush', 'ruleset');
    await first.reopen();
    await first.driver.applyServices(web(first));
    assert.deepEqual(await answers(first), ['first', 'first']);
  });

  test('rules that somebody flushes come back by themselves', async () => {
    const { names } = first.driver;
    execFileSync('nft', ['delete', 'table', 'ip', names.table]);
    const hasTable = () => execFileSync('nft', ['list', 'tables'], { encoding: 'utf8' }).includes(names.table);
    for (let i = 0; i < 2_400 && !hasTable(); i++) await first.world.clock.sleep(50);
    assert.equal(hasTable(), true);
    // It comes after all that is being made again.
    await first.driver.applyServices(web(first));
    // As another version might have left it: the same names, other types.
    first.inDataPlane('nft', 'flush', 'ruleset');
    first.inDataPlane('nft', 'add table ip godwit; add map ip godwit services { type ipv4_addr : mark; }');
    const { services } = web(first);
    await first.driver.applyServices({
      services: services.map((entry) => ({ ...entry, clusterIps: [first.vip(11)] })),
      hosts: [],
    });
    assert.equal(await fetchText(`http://${first.vip(11)}/`), 'first');
    await first.driver.applyServices(web(first));
  });

  test('half-made ports are made whole, and those that nobody knows are found', async () => {
    const { names } = first.driver;
    // What a crash leaves between two steps: a namespace without an interface, and a file without a namespace.
    execFileSync('ip', ['netns', 'add', `${names.podPrefix}machine-20`]);
    writeFileSync(`/run/netns/${names.podPrefix}machine-21`, '');
    await first.reopen();
    const known = (await first.driver.ports()).map(({ machineUid }) => machineUid).sort();
    assert.deepEqual(known, ['machine-10', 'machine-20', 'machine-21']);
    for (const host of [20, 21]) {
      await first.machine(host, [{ type: 'http', port: 8080, word: `healed ${host}` }]);
      assert.equal(await fetchText(`http://${first.ip(host)}:8080/`), `healed ${host}`);
    }
    for (const host of [20, 21]) await first.driver.detach(`machine-${host}`);
    assert.equal(existsSync(`/run/netns/${names.podPrefix}machine-20`), false);
  });

  test('an interface that nobody owns yet is found, and taken away', async () => {
    const { names } = first.driver;
    const tap = portName(first.ip(22));
    execFileSync('ip', ['-n', names.namespace, 'tuntap', 'add', 'dev', tap, 'mode', 'tap']);
    await first.reopen();
    assert.ok((await first.driver.ports()).some(({ machineUid }) => machineUid === ''));
    await first.driver.detach('');
    assert.ok(!first.inDataPlane('ip', '-o', 'link').includes(tap));
  });

  test('machines that go while all that stands is read are gone, and an address goes from one to the next', async () => {
    const links = () => first.inDataPlane('ip', '-o', 'link');
    const hosts = Array.from({ length: 12 }, (_, index) => 40 + index);
    const attach = (host: number, machineUid: string) =>
      first.driver.attach({ ...first.request(host, { type: 'tap' }), machineUid });
    for (const host of hosts) await attach(host, `old-${host}`);
    const going = (async () => {
      for (const host of hosts.slice(0, 6)) await first.driver.detach(`old-${host}`);
    })();
    let isGoing = true;
    void going.finally(() => {
      isGoing = false;
    });
    while (isGoing) await first.driver.start();
    await going;
    for (const host of hosts.slice(0, 6)) assert.ok(!links().includes(portName(first.ip(host))), `${host}`);
    await Promise.all(
      hosts.slice(6).flatMap((host) => [first.driver.detach(`old-${host}`), attach(host, `new-${host}`)]),
    );
    for (const host of hosts.slice(6)) assert.ok(links().includes(portName(first.ip(host))), `${host}`);
    for (const host of hosts.slice(6)) await first.driver.detach(`new-${host}`);
    assert.ok(!hosts.some((host) => links().includes(portName(first.ip(host)))));
  });

  test('what is being started again when all is removed is removed, too', async () => {
    const third = new NetworkHarness('life-3');
    nets.push(third);
    const clock = new LookedAfterByHand();
    const { instanceId, plan, world } = third;
    third.driver = new LinuxNetwork({ instanceId, plan, world: { ...world, clock } });
    for (let round = 0; round < 3; round++) {
      await third.driver.start();
      const pid = readFileSync(`${third.driver.names.runFolder}/dns/dnsmasq.pid`, 'utf8').trim();
      process.kill(Number(pid), 'SIGKILL');
      while (isAlive(pid)) await clock.sleep(5);
      clock.look();
      await third.driver.remove();
      assert.deepEqual(traces(third), []);
    }
  });

  test('tables that HAProxy and nftables already hold are taken over without a change', async () => {
    const before = first.inDataPlane('nft', '-s', 'list', 'ruleset');
    const haproxy = execFileSync('cat', [`${first.driver.names.runFolder}/lb/haproxy.pid`], { encoding: 'utf8' });
    await first.reopen();
    assert.equal(first.inDataPlane('nft', '-s', 'list', 'ruleset'), before);
    await first.driver.applyServices(web(first));
    assert.equal(first.inDataPlane('nft', '-s', 'list', 'ruleset'), before);
    assert.equal(
      execFileSync('cat', [`${first.driver.names.runFolder}/lb/haproxy.pid`], { encoding: 'utf8' }),
      haproxy,
    );
  });

  test('daemons and their workers are no part of what ends with this program', () => {
    const group = (pid: string | number) => execFileSync('cat', [`/proc/${pid}/cgroup`], { encoding: 'utf8' });
    const ours = group(process.pid).match(/^0::.*$/m)?.[0];
    for (const file of ['lb/haproxy.pid', 'dns/dnsmasq.pid']) {
      const pid = readFileSync(`${first.driver.names.runFolder}/${file}`, 'utf8').trim();
      const workers = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
      for (const process of [pid, ...workers]) assert.match(group(process), /^0::.*(godwit-net)/m);
      assert.ok(ours !== undefined && !group(pid).includes(`${ours}\n`));
    }
  });

  test('removal leaves nothing, and may be repeated', async () => {
    await first.close();
    assert.deepEqual(traces(first), []);
    await first.driver.remove();
    assert.deepEqual(traces(first), []);
  });
});
