import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addressNumber } from '@godwit/kinds';
import { netmask } from './address-plan.ts';
import { machineRecords, serviceRecords } from './dns-records.ts';
import { renderDnsmasqConfig, renderNamespaceOptions, renderReservation, upstreamServers } from './dnsmasq-config.ts';

const plan = {
  subnet: '10.80.0.0/17',
  gateway: '10.80.0.1',
  serviceSubnet: '10.80.128.0/18',
  loadBalancerRange: '10.80.192.0/24',
  uplinkHostAddress: '10.80.255.1',
  uplinkInnerAddress: '10.80.255.2',
  dnsDomain: 'cluster.local',
  mtu: 1400,
};

describe('names and leases', () => {
  test('services by address, headless ones by their ready endpoints and host names', () => {
    const base = { namespace: 'shop', uid: 'u', externalIps: [] };
    const files = serviceRecords(
      {
        hosts: [{ name: 'x.cluster.local', address: '10.80.0.9' }],
        services: [
          { ...base, name: 'web', clusterIps: ['10.80.128.5'], headless: false, ports: [] },
          {
            ...base,
            name: 'db',
            clusterIps: [],
            headless: true,
            ports: [
              {
                name: '',
                protocol: 'TCP',
                port: 5432,
                endpoints: [
                  { address: '10.80.0.2', port: 5432, state: 'ready', hostname: 'db-0' },
                  { address: '10.80.0.3', port: 5432, state: 'draining', hostname: 'db-1' },
                ],
              },
            ],
          },
        ],
      },
      'cluster.local',
    );
    assert.deepEqual(
      [...files.values()],
      [
        '10.80.128.5 web.shop.svc.cluster.local\n',
        '10.80.0.2 db.shop.svc.cluster.local\n10.80.0.2 db-0.db.shop.svc.cluster.local\n',
        '10.80.0.9 x.cluster.local\n',
      ],
    );
  });

  test('a machine has its name and, where it differs, its host name', () => {
    const machine = { namespace: 'shop', ip: '10.80.0.2', dnsDomain: 'cluster.local' };
    const vm = machineRecords({ ...machine, machineName: 'vm', hostname: 'guest', type: 'tap' });
    assert.equal(vm, '10.80.0.2 vm.shop.vm.cluster.local\n10.80.0.2 guest.shop.vm.cluster.local\n');
    const pod = machineRecords({ ...machine, machineName: 'pod', hostname: 'pod', type: 'namespace' });
    assert.equal(pod, '10.80.0.2 pod.shop.pod.cluster.local\n');
    assert.equal(machineRecords({ ...machine, machineName: 'a b\n', hostname: '', type: 'tap' }), '');
  });

  test('leases by MAC with the search list of the namespace', () => {
    const guest = { mac: '0a:58:0a:50:00:02', ip: '10.80.0.2', hostname: 'vm', namespace: 'shop' };
    assert.equal(renderReservation(guest), '0a:58:0a:50:00:02,set:in-shop,10.80.0.2,vm,infinite\n');
    assert.equal(
      renderNamespaceOptions('shop', ['shop.svc.cluster.local', 'cluster.local']),
      'tag:in-shop,option:domain-search,shop.svc.cluster.local,cluster.local\n',
    );
    const config = renderDnsmasqConfig({ plan, folder: '/run/x', user: 'nobody' });
    assert.match(config, /^dhcp-range=10\.80\.0\.0,static,255\.255\.128\.0,12h$/m);
    assert.match(config, /^local=\/80\.10\.in-addr\.arpa\/$/m);
    assert.match(config, /^dhcp-option=option:mtu,1400$/m);
  });

  test('the host’s loopback is no upstream: it is another one in the namespace', () => {
    const text =
      'search x\nnameserver 127.0.0.53\nnameserver 192.0.2.53\n# nameserver 192.0.2.54\nnameserver fd00::1\n';
    assert.deepEqual(upstreamServers(text), ['192.0.2.53']);
  });

  test('addresses and ranges', () => {
    assert.equal(netmask('10.80.0.0/17'), '255.255.128.0');
    for (const bad of ['10.80.0', '10.80.0.256', '10.80.0.01', 'x', '']) assert.equal(addressNumber(bad), undefined);
  });
});
