import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type ByteChannel, Failure } from '@godwit/base';
import type { Endpoint, NetworkDriver, Port, PortRequest, ServiceEntry } from '../network-driver.ts';

/** How the suite gets at one implementation. */
export interface NetworkUnderTest {
  readonly driver: NetworkDriver;
  /** First two octets of its ranges, such as `10.80`. */
  readonly prefix: string;
  /** Starts a program on a machine that says `word` to whoever connects, then echoes; answers how to kill it. */
  serve(port: Port, address: string, tcpPort: number, word: string): Promise<() => Promise<void>>;
  /** As after a crash of the program: another driver over the same data plane, started. */
  reopen(): Promise<NetworkDriver>;
  close(): Promise<void>;
}

const TCP_PORT = 9000;
/** Long enough for a machine that stands still for a while: who refuses does so at once. */
const TIMEOUT_MS = 60_000;

export function testNetworkDriver(name: string, open: () => Promise<NetworkUnderTest>): void {
  describe(`network driver: ${name}`, () => {
    let net: NetworkUnderTest;
    let driver: NetworkDriver;
    const kills: (() => Promise<void>)[] = [];
    const ip = (host: number) => `${net.prefix}.0.${host}`;
    const vip = (host: number) => `${net.prefix}.128.${host}`;

    const machine = async (host: number, uid = `machine-${host}`) => {
      const port = await driver.attach(portRequest(net.prefix, host, uid));
      kills.push(await net.serve(port, ip(host), TCP_PORT, `hello from ${host}`));
    };
    const service = (host: number, endpoints: readonly Endpoint[]): ServiceEntry =>
      serviceEntry(`service-${host}`, vip(host), endpoints);
    const apply = (...services: ServiceEntry[]) => driver.applyServices({ services, hosts: [] });
    const greeting = async (address: string, port = TCP_PORT) => {
      const channel = await driver.connect(address, port, TIMEOUT_MS);
      const word = await readWord(channel);
      channel.end();
      for await (const _ of channel.incoming);
      return word;
    };

    before(async () => {
      net = await open();
      driver = net.driver;
      await driver.start();
      await machine(10);
      await machine(11);
    });
    after(async () => {
      for (const kill of kills) await kill();
      await net.close();
    });

    test('attaching twice is attaching once, and machines answer', async () => {
      const again = await driver.attach(portRequest(net.prefix, 10, 'machine-10'));
      assert.equal(again.machineUid, 'machine-10');
      assert.deepEqual(uids(await driver.ports()), ['machine-10', 'machine-11']);
      assert.equal(await greeting(ip(10)), 'hello from 10');
    });

    test('a service leads to all of its ready endpoints and to no other', async () => {
      await apply(service(10, [ready(ip(10)), ready(ip(11))]));
      const words = new Set<string>();
      for (let i = 0; i < 60 && words.size < 2; i++) words.add(await greeting(vip(10), 80));
      assert.deepEqual([...words].sort(), ['hello from 10', 'hello from 11']);
      await apply(service(10, [ready(ip(10)), { ...ready(ip(11)), state: 'draining' }]));
      for (let i = 0; i < 10; i++) assert.equal(await greeting(vip(10), 80), 'hello from 10');
    });

    test('a service without endpoints, and one that is gone, refuse', async () => {
      await apply(service(10, []));
      await assert.rejects(driver.connect(vip(10), 80, TIMEOUT_MS), isCode('connect-failed'));
      await apply();
      await assert.rejects(driver.connect(vip(10), 80, TIMEOUT_MS), isCode('connect-failed'));
    });

    test('draining lets open connections end, and sends new ones elsewhere', async () => {
      await apply(service(10, [ready(ip(10))]), service(11, [ready(ip(11))]));
      const open = await driver.connect(vip(10), 80, TIMEOUT_MS);
      assert.equal(await readWord(open), 'hello from 10');
      await apply(service(10, [ready(ip(10)), ready(ip(11))]), service(11, [ready(ip(11))]));
      let drained = false;
      const draining = driver.drain(ip(10), 180_000).finally(() => {
        drained = true;
      });
      await driver.drain(ip(99), TIMEOUT_MS);
      for (let i = 0; i < 10; i++) assert.equal(await greeting(vip(10), 80), 'hello from 11');
      assert.equal(drained, false);
      await open.write(Buffer.from('still there'));
      assert.equal(await readWord(open), 'still there');
      open.end();
      for await (const _ of open.incoming);
      await draining;
      await assertServedAgain();
    });

    /** The address takes connections again once its machine is attached again. */
    async function assertServedAgain(): Promise<void> {
      await apply(service(10, [ready(ip(10))]));
      await assert.rejects(driver.connect(vip(10), 80, TIMEOUT_MS), isCode('connect-failed'));
      await driver.attach(portRequest(net.prefix, 10, 'machine-10'));
      assert.equal(await greeting(vip(10), 80), 'hello from 10');
    }

    test('draining gives up after its time-out', async () => {
      await apply(service(10, [ready(ip(10))]));
      const open = await driver.connect(vip(10), 80, TIMEOUT_MS);
      assert.equal(await readWord(open), 'hello from 10');
      await driver.drain(ip(10), 300);
      await driver.attach(portRequest(net.prefix, 10, 'machine-10'));
      open.abort();
    });

    test('what stands survives the program: machines, services and open connections', async () => {
      await apply(service(10, [ready(ip(10))]));
      const open = await driver.connect(vip(10), 80, TIMEOUT_MS);
      assert.equal(await readWord(open), 'hello from 10');
      driver = await net.reopen();
      await open.write(Buffer.from('across'));
      assert.equal(await readWord(open), 'across');
      assert.deepEqual(uids(await driver.ports()), ['machine-10', 'machine-11']);
      assert.equal(await greeting(vip(10), 80), 'hello from 10');
      await apply(service(10, [ready(ip(11))]));
      assert.equal(await greeting(vip(10), 80), 'hello from 11');
      open.abort();
    });

    test('an address that the API gives to another machine moves', async () => {
      await driver.attach(portRequest(net.prefix, 12, 'old'));
      await machine(12, 'new');
      assert.deepEqual(uids(await driver.ports()), ['machine-10', 'machine-11', 'new']);
      assert.equal(await greeting(ip(12)), 'hello from 12');
      await driver.detach('new');
      await driver.detach('new');
      assert.deepEqual(uids(await driver.ports()), ['machine-10', 'machine-11']);
    });

    test('a virtual machine gets a tap and words to run a command beside it', async () => {
      const port = await driver.attach({ ...portRequest(net.prefix, 13, 'vm'), type: 'tap' });
      assert.ok(port.tapName);
      assert.ok(port.commandPrefix);
      await driver.detach('vm');
    });
  });
}

export function portRequest(prefix: string, host: number, machineUid: string): PortRequest {
  const [first, second] = prefix.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  return {
    machineUid,
    machineName: machineUid,
    namespace: 'default',
    type: 'namespace',
    interfaceName: 'eth0',
    index: 0,
    hostname: machineUid,
    address: {
      network: 'default',
      ip: `${prefix}.0.${host}`,
      prefixLength: 17,
      gateway: `${prefix}.0.1`,
      mac: `0a:58:${first}:${second}:00:${host.toString(16).padStart(2, '0')}`,
      dnsServers: [`${prefix}.0.1`],
      searchDomains: ['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local'],
      mtu: 1500,
    },
  };
}

export function serviceEntry(name: string, clusterIp: string, endpoints: readonly Endpoint[]): ServiceEntry {
  return {
    namespace: 'default',
    name,
    uid: `uid-of-${name}`,
    clusterIps: [clusterIp],
    externalIps: [],
    headless: false,
    ports: [{ name: '', protocol: 'TCP', port: 80, endpoints }],
  };
}

export function ready(address: string, port = TCP_PORT): Endpoint {
  return { address, port, state: 'ready' };
}

function uids(ports: readonly { readonly machineUid: string }[]): string[] {
  return ports.map((port) => port.machineUid).sort();
}

/** What the other side says next, in one piece. */
async function readWord(channel: ByteChannel): Promise<string> {
  const next = await channel.incoming[Symbol.asyncIterator]().next();
  return next.done ? '' : Buffer.from(next.value).toString();
}

function isCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof Failure && error.code === code;
}
