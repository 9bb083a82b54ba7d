import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ready, serviceEntry } from '../../conformance/index.ts';
import { NetworkHarness, whyNoNetwork } from './test-support/network-harness.ts';

describe('names, leases and identity of machines', { skip: whyNoNetwork() }, () => {
  const net = new NetworkHarness('names');
  const folder = mkdtempSync(join(tmpdir(), 'godwit-names-'));
  const guest = `${net.driver.names.podPrefix}guest`;

  /** 0 while it has none: between its end and its next start. */
  const dnsmasqPid = () => {
    const file = join(net.driver.names.runFolder, 'dns/dnsmasq.pid');
    return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  };

  /** Addresses of a name, as a machine resolves it. */
  const resolve = (name: string): string[] => {
    try {
      const text = net.inMachine(10, 'busybox', 'nslookup', '-type=a', name, net.plan.gateway);
      return [...text.matchAll(/^Address: (\S+)$/gm)].map(([, address]) => address as string).sort();
    } catch {
      return [];
    }
  };
  /** Names change a moment after the files do: dnsmasq is told by the kernel. */
  const resolvesTo = async (name: string, expected: readonly string[]) => {
    for (let i = 0; i < 6_000 && resolve(name).join() !== expected.join(); i++) await net.world.clock.sleep(20);
    assert.deepEqual(resolve(name), expected);
  };

  before(async () => {
    await net.driver.start();
    await net.machine(10, []);
    await net.machine(11, [{ type: 'http', port: 8080, word: 'web' }]);
  });
  after(async () => {
    execFileSync('ip', ['netns', 'del', guest], { stdio: 'ignore' });
    rmSync(folder, { recursive: true });
    await net.close();
  });

  test('services and machines have names, which come and go without a restart', async () => {
    const pid = dnsmasqPid();
    const web = serviceEntry('web', net.vip(10), [ready(net.ip(11), 8080)]);
    const headless = { ...serviceEntry('peers', '', []), clusterIps: [], headless: true };
    const peers = [
      { ...ready(net.ip(10)), hostname: 'peer-0' },
      { ...ready(net.ip(11)), hostname: 'peer-1' },
    ];
    await net.driver.applyServices({
      services: [web, { ...headless, ports: [{ name: '', protocol: 'TCP', port: 80, endpoints: peers }] }],
      hosts: [{ name: 'extra.example.cluster.local', address: net.ip(99) }],
    });
    await resolvesTo('web.default.svc.cluster.local', [net.vip(10)]);
    await resolvesTo('peers.default.svc.cluster.local', [net.ip(10), net.ip(11)]);
    await resolvesTo('peer-1.peers.default.svc.cluster.local', [net.ip(11)]);
    await resolvesTo('machine-11.default.pod.cluster.local', [net.ip(11)]);
    await resolvesTo('extra.example.cluster.local', [net.ip(99)]);
    await resolvesTo('nobody.default.svc.cluster.local', []);
    await net.driver.applyServices({
      services: [{ ...headless, ports: [{ name: '', protocol: 'TCP', port: 80, endpoints: peers.slice(0, 1) }] }],
      hosts: [],
    });
    await resolvesTo('web.default.svc.cluster.local', []);
    await resolvesTo('peers.default.svc.cluster.local', [net.ip(10)]);
    assert.equal(dnsmasqPid(), pid);
  });

  test('other names are asked of the host, also when its server listens on its loopback only', async () => {
    const files = [join(folder, 'resolv.conf')];
    writeFileSync(files[0] as string, 'nameserver 127.0.77.53\n');
    const argv = ['-k', '--conf-file=/dev/null', '--listen-address=127.0.77.53', '--bind-interfaces', '--no-resolv'];
    const upstream = spawn('dnsmasq', [...argv, '--no-hosts', '--address=/outer.example/192.0.2.77', '--pid-file='], {
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
    });
    try {
      await net.driver.release();
      net.driver = net.open(files);
      await net.driver.start();
      await resolvesTo('outer.example', ['192.0.2.77']);
    } finally {
      upstream.kill('SIGKILL');
      await net.reopen();
    }
  });

  /** A veth in the place of a VM's tap, with its name and MAC: what the guest's DHCP client sees is the same. */
  function poseAsGuest(tap: string, mac: string): void {
    const dataPlane = net.driver.names.namespace;
    execFileSync('sh', ['-e'], {
      input: `
ip netns add ${guest}
ip -n ${dataPlane} link del ${tap}
ip -n ${dataPlane} link add ${tap} type veth peer name eth0 address ${mac} netns ${guest}
ip -n ${dataPlane} link set ${tap} master br0 up
ip -n ${dataPlane} link set ${tap} type bridge_slave isolated on
ip -n ${guest} link set eth0 up
`,
    });
  }

  function lease(...more: string[]): Record<string, string> {
    const script = join(folder, 'script');
    writeFileSync(script, '#!/bin/sh\n[ "$1" != bound ] || env\n', { mode: 0o755 });
    const client = ['busybox', 'udhcpc', '-i', 'eth0', '-n', '-q', '-f', '-t', '60', '-T', '1', '-s', script];
    const options = ['-O', 'search', '-O', 'mtu', '-O', 'hostname', ...more];
    const text = execFileSync('ip', ['netns', 'exec', guest, ...client, ...options], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return Object.fromEntries(text.split('\n').map((line) => line.split(/=(.*)/s, 2) as [string, string]));
  }

  test('a virtual machine gets its own address, name and search list by DHCP', async () => {
    const request = net.request(20, { type: 'tap', hostname: 'guest-20', machineName: 'vm-20' });
    const { tapName = '' } = await net.driver.attach(request);
    poseAsGuest(tapName, request.address.mac);
    const got = lease();
    assert.equal(got.ip, net.ip(20));
    assert.equal(got.mask, '17');
    assert.equal(got.router, net.plan.gateway);
    assert.equal(got.dns, net.plan.gateway);
    assert.equal(got.hostname, 'guest-20');
    assert.equal(got.mtu, '1500');
    assert.equal(got.search, request.address.searchDomains.join(' '));
    await resolvesTo('vm-20.default.vm.cluster.local', [net.ip(20)]);
  });

  test('after a restart of the program and of dnsmasq the lease is the same', async () => {
    await net.reopen();
    const first = dnsmasqPid();
    process.kill(first, 'SIGKILL');
    for (let i = 0; i < 6_000 && [0, first].includes(dnsmasqPid()); i++) await net.world.clock.sleep(20);
    assert.ok(![0, first].includes(dnsmasqPid()));
    await resolvesTo('machine-11.default.pod.cluster.local', [net.ip(11)]);
    assert.equal(lease().ip, net.ip(20));
  });

  test('an address that its machine has left is leased to no one', async () => {
    await net.driver.detach('machine-20');
    await resolvesTo('vm-20.default.vm.cluster.local', []);
  });

  test('a machine cannot speak as another', () => {
    const url = `http://${net.ip(11)}:8080/`;
    const isHeard = () => assert.deepEqual(net.ask(10, url, { source: net.ip(10) }), ['web']);
    const isNotHeard = (source: string) => assert.throws(() => net.ask(10, url, { source, patienceMs: 2_000 }));
    isHeard();
    net.inMachine(10, 'ip', 'addr', 'add', `${net.ip(66)}/32`, 'dev', 'eth0');
    isNotHeard(net.ip(66));
    net.inMachine(10, 'ip', 'addr', 'del', `${net.ip(66)}/32`, 'dev', 'eth0');
    isHeard();
    net.inMachine(10, 'ip', 'link', 'set', 'eth0', 'address', '0a:58:00:00:00:66');
    isNotHeard(net.ip(10));
    net.inMachine(10, 'ip', 'link', 'set', 'eth0', 'address', net.request(10).address.mac);
    isHeard();
    const neighbours = net.inDataPlane('ip', 'neigh', 'show', 'dev', 'br0');
    assert.match(neighbours, new RegExp(`${net.ip(11)} lladdr ${net.request(11).address.mac} PERMANENT`));
  });
});
