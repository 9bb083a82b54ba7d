import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ServiceTable } from '../network-driver.ts';
import { parseServersState, parseSessions, type ServerState, serverCommands } from './haproxy-commands.ts';
import { renderHaproxyConfig, structureOf } from './haproxy-config.ts';
import { addressOfServer, loadBalancersOf, serverName, speechOf } from './load-balancers.ts';

const node = '10.80.255.2';
const settings = { folder: '/run/x', user: 'haproxy', threads: 2 };

function table(hosts: readonly number[], port: object = {}): ServiceTable {
  const endpoints = hosts.map((host) => ({ address: `10.80.0.${host}`, port: 8080, state: 'ready' as const }));
  return {
    hosts: [],
    services: [
      {
        namespace: 'default',
        name: 'web',
        uid: 'u',
        clusterIps: ['10.80.128.1'],
        externalIps: ['10.80.192.1'],
        headless: false,
        ports: [{ name: '', protocol: 'TCP', port: 80, endpoints, ...port }],
      },
    ],
  };
}

describe('load balancing', () => {
  test('how a port speaks is told by appProtocol, then by name, then by number, then by its first bytes', () => {
    assert.equal(speechOf({ name: '', port: 80 }), 'detect');
    assert.equal(speechOf({ name: 'http-web', port: 81 }), 'http');
    assert.equal(speechOf({ name: 'http', port: 80, appProtocol: 'kubernetes.io/h2c' }), 'http2');
    assert.equal(speechOf({ name: 'http', port: 80, appProtocol: 'example.com/own' }), 'tcp');
    assert.equal(speechOf({ name: 'grpc', port: 9090 }), 'http2');
    assert.equal(speechOf({ name: 'tcp-thing', port: 80 }), 'tcp');
    assert.equal(speechOf({ name: 'https', port: 8000 }), 'tcp');
    assert.equal(speechOf({ name: 'db', port: 3306 }), 'tcp');
    assert.equal(speechOf({ name: '', port: 443 }), 'tcp');
  });

  test('servers that come and go leave the structure as it is; ports and addresses do not', () => {
    const structure = (services: ServiceTable) => structureOf(loadBalancersOf(services, node), settings);
    assert.equal(structure(table([1, 2])), structure(table([3])));
    assert.notEqual(structure(table([1])), structure(table([1], { port: 81 })));
    assert.notEqual(structure(table([1])), structure(table([1], { name: 'http' })));
    const config = renderHaproxyConfig(loadBalancersOf(table([1, 2]), node), settings);
    assert.match(config, new RegExp(`description ${structure(table([1]))}`));
    assert.equal(config.match(/^ {2}server /gm)?.length, 4);
  });

  test('endpoints that drain or are excluded are no servers', () => {
    const [balancer] = loadBalancersOf(table([1, 2]), node, new Set(['10.80.0.2']));
    assert.deepEqual(
      balancer?.servers.map(({ address }) => address),
      ['10.80.0.1'],
    );
    const draining = table([1], { endpoints: [{ address: '10.80.0.1', port: 8080, state: 'draining' }] });
    assert.deepEqual(loadBalancersOf(draining, node)[0]?.servers, []);
  });

  test('UDP and services without an external address are not the load balancer’s', () => {
    assert.deepEqual(loadBalancersOf(table([1], { protocol: 'UDP' }), node), []);
    const inside = { ...table([1]).services[0], externalIps: [] } as ServiceTable['services'][number];
    assert.deepEqual(loadBalancersOf({ services: [inside], hosts: [] }, node), []);
  });

  test('a service that wakes comes in by the load balancer, whichever way; only its external addresses ask who comes', () => {
    const [{ clusterIps, externalIps, ...web }] = table([]).services as [ServiceTable['services'][number]];
    const balancers = (more: Partial<typeof web>, external = externalIps) =>
      loadBalancersOf(
        { services: [{ ...web, clusterIps, externalIps: external, wakes: true, ...more }], hosts: [] },
        node,
      );
    const ports = [{ name: 'http', protocol: 'TCP' as const, port: 80, nodePort: 30_080, endpoints: [] }];
    assert.deepEqual(balancers({ ports })[0]?.binds, ['10.80.192.1:80', '10.80.255.2:30080', '10.80.128.1:80']);
    assert.deepEqual(balancers({}, [])[0]?.binds, ['10.80.128.1:80']);
    const config = renderHaproxyConfig(balancers({ sourceRanges: ['192.0.2.0/24'] }), settings);
    assert.match(config, /reject if \{ dst 10\.80\.192\.1 \} !\{ src 192\.0\.2\.0\/24 \}/);
    assert.match(config, /server again 10\.80\.128\.1:80 weight 0/);
  });

  test('a running load balancer is told only what differs', () => {
    const balancers = loadBalancersOf(table([1, 2], { name: 'http' }), node);
    const name = 'default:web:80:http';
    const running = new Map([
      [
        name,
        new Map<string, ServerState>([
          [serverName('10.80.0.1', 8080), 'ready'],
          [serverName('10.80.0.3', 8080), 'ready'],
          [serverName('10.80.0.4', 8080), 'draining'],
        ]),
      ],
    ]);
    const commands = serverCommands(running, balancers);
    assert.match(commands[0] ?? '', /^add server default:web:80:http\/10-80-0-2-8080 10\.80\.0\.2:8080 check /);
    assert.deepEqual(commands.slice(1), [
      `enable health ${name}/10-80-0-2-8080`,
      `enable server ${name}/10-80-0-2-8080`,
      `set server ${name}/10-80-0-3-8080 state drain`,
    ]);
    running.get(name)?.set(serverName('10.80.0.2', 8080), 'draining');
    assert.deepEqual(serverCommands(running, balancers).slice(0, 2), [
      `set server ${name}/10-80-0-2-8080 state ready`,
      `set server ${name}/10-80-0-2-8080 health up`,
    ]);
  });

  test('reads what HAProxy says', () => {
    const state = `1
# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight
3 a:b:80:http 1 10-80-0-1-80 10.80.0.1 2 0 1 1 6 3 3 6 0 0 0 - 80 - 0 0 - - 0
3 a:b:80:http 2 10-80-0-2-80 10.80.0.2 2 8 1 1 6 3 3 6 0 0 0 - 80 - 0 0 - - 0
3 a:b:80:http 3 10-80-0-3-80 10.80.0.3 0 1 1 1 6 3 3 6 0 0 0 - 80 - 0 0 - - 0
`;
    const servers = parseServersState(state).get('a:b:80:http');
    assert.deepEqual([...(servers?.values() ?? [])], ['ready', 'draining', 'off']);
    const sessions = parseSessions('# pxname,svname,qcur,qmax,scur,smax\na:b:80:http,10-80-0-1-80,1,0,2,0,\n');
    assert.equal(sessions.get('a:b:80:http/10-80-0-1-80'), 3);
    assert.equal(addressOfServer('10-80-0-1-80'), '10.80.0.1');
  });
});
