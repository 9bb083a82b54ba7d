import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { ready, serviceEntry } from '../../conformance/index.ts';
import { leaveForeignFirewalls, passForeignFirewalls } from './foreign-firewalls.ts';
import { end, NetworkHarness, whyNoNetwork } from './test-support/network-harness.ts';

/** A neighbour of this host: a namespace with an address of TEST-NET-3 (RFC 5737), joined by a veth. */
describe('the world outside', { skip: whyNoNetwork() }, () => {
  const net = new NetworkHarness('outside');
  const outside = `gwout${net.instanceId}`;
  const link = `go${net.instanceId}`;
  const firewall = `foreign_${net.instanceId}`;
  const subnet = 200 + (process.pid % 50);
  const [hostAddress, outerAddress] = [
    `203.0.113.${subnet - (subnet % 4) + 1}`,
    `203.0.113.${subnet - (subnet % 4) + 2}`,
  ];
  const nodePort = 32_000 + (process.pid % 700);
  let server: ChildProcess;

  const askFromOutside = (url: string) =>
    execFileSync(
      'ip',
      ['netns', 'exec', outside, process.execPath, `${import.meta.dirname}/test-support/ask.ts`, url],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    ).trim();

  before(async () => {
    await net.driver.start();
    await net.machine(10, [{ type: 'http', port: 8080, word: 'inside' }]);
    execFileSync('sh', ['-e'], {
      input: `
ip netns add ${outside}
ip link add ${link} type veth peer name eth0 netns ${outside}
ip addr add ${hostAddress}/30 dev ${link}
ip link set ${link} up
ip -n ${outside} addr add ${outerAddress}/30 dev eth0
ip -n ${outside} link set eth0 up
ip -n ${outside} route add default via ${hostAddress}
`,
    });
    server = await net.serve({ machineUid: 'outside', namespacePath: `/run/netns/${outside}` }, [
      { type: 'http', port: 8080, word: 'outside' },
    ]);
    const web = serviceEntry('web', net.vip(10), [ready(net.ip(10), 8080)]);
    const port = { name: '', protocol: 'TCP' as const, port: 80, nodePort, endpoints: [ready(net.ip(10), 8080)] };
    await net.driver.applyServices({ services: [{ ...web, ports: [port] }], hosts: [] });
  });
  after(async () => {
    await end(server, 'SIGKILL');
    execFileSync('sh', [], {
      input: `nft delete table ip ${firewall} 2>/dev/null; ip netns del ${outside}; ip link del ${link} 2>/dev/null || true`,
    });
    await net.close();
  });

  test('machines reach it under the address of the host, and it reaches node ports', () => {
    assert.deepEqual(net.ask(10, `http://${outerAddress}:8080/`), ['outside']);
    assert.equal(askFromOutside(`http://${hostAddress}:${nodePort}/`), 'inside');
  });

  test('firewalls of others may come and go while ours are taken out of them', async () => {
    const table = `${firewall}_brief`;
    const rules = `add table ip ${table}; add chain ip ${table} f { type filter hook forward priority 0; policy accept; }`;
    const loop = `while :; do nft '${rules}'; nft 'delete table ip ${table}'; done`;
    const others = spawn('sh', ['-c', loop], { stdio: 'ignore' });
    try {
      for (let round = 0; round < 20; round++) {
        await passForeignFirewalls(net.driver.names);
        await leaveForeignFirewalls(net.driver.names);
      }
    } finally {
      await end(others, 'SIGKILL');
      execFileSync('nft', [`add table ip ${table}; delete table ip ${table}`]);
    }
  });

  test('a firewall of somebody else that drops what is forwarded does not cut machines off', async () => {
    execFileSync('nft', ['-f', '-'], {
      // Dropped is only what comes from or goes to this data plane: others on this machine go on.
      input: `
table ip ${firewall} {
  chain FORWARD {
    type filter hook forward priority filter; policy drop;
    iifname != "${net.driver.names.uplink}" oifname != "${net.driver.names.uplink}" accept
  }
}
`,
    });
    assert.throws(() => net.ask(10, `http://${outerAddress}:8080/`, { patienceMs: 2_000 }));
    await net.reopen();
    assert.deepEqual(net.ask(10, `http://${outerAddress}:8080/`), ['outside']);
    assert.equal(askFromOutside(`http://${hostAddress}:${nodePort}/`), 'inside');
    await net.reopen();
    const rules = () => execFileSync('nft', ['list', 'chain', 'ip', firewall, 'FORWARD'], { encoding: 'utf8' });
    const ours = () => rules().split(`accept comment "${net.driver.names.table}"`).length - 1;
    assert.equal(ours(), 2);
    await net.driver.remove();
    assert.equal(ours(), 0);
  });
});
