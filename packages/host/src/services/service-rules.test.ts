import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  array,
  assert as assertProperty,
  boolean,
  constantFrom,
  integer,
  option,
  property,
  record,
  tuple,
  uniqueArray,
} from 'fast-check';
import type { Endpoint, ServiceEntry, ServiceTable } from '../network-driver.ts';
import { ServiceRules } from './service-rules.ts';

/** The maps of nftables, as strict as the kernel: no element is added twice or taken away twice. */
class Maps {
  readonly elements = new Map<string, Map<string, string>>();
  readonly chains = new Set<string>();

  run(text: string): void {
    for (const line of text.split('\n').filter((each) => each !== '')) this.#line(line);
  }

  #line(line: string): void {
    const chain = /^add chain ip godwit (\S+)$/.exec(line);
    if (chain) this.chains.add(chain[1] as string);
    const flush = /^flush map ip godwit (\S+)$/.exec(line);
    if (flush) this.elements.set(flush[1] as string, new Map());
    const change = /^(add|delete) element ip godwit (\S+) \{ (.*) \}$/.exec(line);
    if (!change) return assert.match(line, /^(add|flush) (chain|rule|map) /);
    const [, verb, name = '', list = ''] = change;
    const map = this.elements.get(name) ?? assert.fail(`no map ${name}`);
    for (const element of list.split(', ')) {
      const [key = '', value = ''] = element.split(' : ');
      if (verb === 'delete') assert.ok(map.delete(key), `${name} has no ${key}`);
      else {
        assert.ok(!map.has(key), `${name} has ${key} already`);
        map.set(key, value);
      }
    }
  }

  /** Endpoints that a packet to this address may reach. */
  reach(address: string, port: number, protocol = 'tcp'): string[] {
    const get = (map: string, key: string) => this.elements.get(map)?.get(key);
    const mark = get('services', `${address} . ${protocol} . ${port}`);
    const pick = mark && get('picks', mark)?.replace('goto ', '');
    if (!pick) return [];
    assert.ok(this.chains.has(pick), `no chain ${pick}`);
    const [kind, count] = pick.split('-');
    return Array.from({ length: Number(count) }, (_, slot) => {
      if (kind === 'pick') return get('endpoints', `${mark} . ${slot}`) ?? 'missing';
      return get('sticky-endpoints', get('sticky-slots', `${mark} . ${slot}`) ?? '') ?? 'missing';
    }).sort();
  }
}

/** A service of one UDP endpoint. */
const dns = (host: number): ServiceTable => ({
  hosts: [],
  services: [
    {
      namespace: 'default',
      name: 'dns',
      uid: 'u',
      clusterIps: ['10.80.128.1'],
      externalIps: [],
      headless: false,
      ports: [
        {
          name: '',
          protocol: 'UDP',
          port: 53,
          endpoints: [{ address: `10.80.0.${host}`, port: 53, state: 'ready' }],
        },
      ],
    },
  ],
});

const endpoint = record<Endpoint>({
  address: integer({ min: 1, max: 6 }).map((host) => `10.80.0.${host}`),
  port: constantFrom(80, 8080),
  state: constantFrom('ready', 'draining'),
});
const endpoints = uniqueArray(endpoint, { maxLength: 5, selector: (each) => `${each.address}:${each.port}` });
const service = (name: number) =>
  record({ endpoints, sticky: boolean(), nodePort: boolean(), wakes: boolean() }).map(
    ({ endpoints: list, sticky, nodePort, wakes }): ServiceEntry => ({
      namespace: 'default',
      name: `s${name}`,
      uid: `u${name}`,
      clusterIps: [`10.80.128.${name}`],
      externalIps: [],
      headless: false,
      ...(sticky && { sessionAffinitySeconds: 60 }),
      wakes,
      ports: [
        { name: '', protocol: 'TCP', port: 80, endpoints: list, ...(nodePort && { nodePort: 30_000 + name }) },
        { name: 'dns', protocol: 'UDP', port: 53, endpoints: list },
      ],
    }),
  );
const table = tuple(...[1, 2, 3].map((name) => option(service(name), { nil: undefined }))).map(
  (services): ServiceTable => ({ services: services.filter((each) => each !== undefined), hosts: [] }),
);
const excluded = uniqueArray(integer({ min: 1, max: 6 }), { maxLength: 2 }).map(
  (hosts): ReadonlySet<string> => new Set(hosts.map((host) => `10.80.0.${host}`)),
);

describe('service rules', () => {
  test('after any changes the maps are as if filled anew, and lead to the ready endpoints', () => {
    assertProperty(
      property(array(tuple(table, excluded), { minLength: 1, maxLength: 6 }), (steps) => {
        const rules = new ServiceRules();
        const maps = new Maps();
        for (const [services, without] of steps) {
          maps.run(rules.change(services, without).dataPlane);
          const fresh = new Maps();
          fresh.run(new ServiceRules().change(services, without).dataPlane);
          assert.deepEqual(maps.elements, fresh.elements);
          for (const { clusterIps, ports, wakes } of services.services) {
            const expected = (ports[0]?.endpoints ?? []).filter((e) => e.state === 'ready' && !without.has(e.address));
            const targets = expected.map((e) => `${e.address} . ${e.port}`).sort();
            // TCP to whoever wakes is left to the load balancer.
            assert.deepEqual(maps.reach(clusterIps[0] ?? '', 80), wakes ? [] : targets);
            assert.deepEqual(maps.reach(clusterIps[0] ?? '', 53, 'udp'), targets);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  test('what is the same object is not looked at again, and nothing is written', () => {
    const rules = new ServiceRules();
    const services = Array.from(
      { length: 100 },
      (_, index): ServiceEntry => ({
        namespace: 'default',
        name: `s${index}`,
        uid: `u${index}`,
        clusterIps: [`10.80.128.${index}`],
        externalIps: [],
        headless: false,
        ports: [
          { name: '', protocol: 'TCP', port: 80, endpoints: [{ address: '10.80.0.9', port: 80, state: 'ready' }] },
        ],
      }),
    );
    rules.change({ services, hosts: [] });
    assert.equal(rules.change({ services, hosts: [] }).dataPlane, '');
    const [first, ...rest] = services as [ServiceEntry, ...ServiceEntry[]];
    const changed = {
      ...first,
      ports: [{ ...first.ports[0], name: '', protocol: 'TCP' as const, port: 80, endpoints: [] }],
    };
    const change = rules.change({ services: [changed, ...rest], hosts: [] });
    assert.equal(change.changedPorts, 1);
    assert.equal(change.dataPlane.split('\n').length, 3);
  });

  test('UDP endpoints that are left are named, so that their flows can be forgotten', () => {
    const rules = new ServiceRules();
    assert.deepEqual(rules.change(dns(1)).forgottenUdp, []);
    assert.deepEqual(rules.change(dns(2)).forgottenUdp, ['10.80.0.1:53']);
  });
});
