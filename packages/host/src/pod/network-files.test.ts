import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeHostFacts } from '../fake/index.ts';
import { hostnameOf, hostsFile, resolverFile } from './network-files.ts';
import { examplePod } from './test-support/example-pod.ts';

test('host names', () => {
  assert.equal(hostnameOf(examplePod()), 'web-0');
  assert.equal(hostnameOf(examplePod({ hostname: 'other' })), 'other');
  assert.equal(hostnameOf(examplePod({}, { name: `${'a'.repeat(62)}-b` })), 'a'.repeat(62));
  const full = examplePod({ subdomain: 'web', setHostnameAsFQDN: true });
  assert.equal(hostnameOf(full), 'web-0.web.shop.svc.cluster.local');
});

test('/etc/hosts knows the pod by its short and its full name, and its aliases', () => {
  const hosts = hostsFile(examplePod({ subdomain: 'web', hostAliases: [{ ip: '192.0.2.9', hostnames: ['a', 'b'] }] }));
  assert.match(hosts, /^127\.0\.0\.1\tlocalhost$/m);
  assert.match(hosts, /^10\.80\.0\.5\tweb-0\.web\.shop\.svc\.cluster\.local\tweb-0$/m);
  assert.match(hosts, /^192\.0\.2\.9\ta\tb$/m);
});

const text = (spec: Parameters<typeof examplePod>[0]) => resolverFile(examplePod(spec), fakeHostFacts);

test('/etc/resolv.conf by policy', () => {
  const cluster =
    'nameserver 10.80.0.1\nsearch shop.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n';
  assert.equal(text({}), cluster);
  assert.equal(text({ dnsPolicy: 'Default' }), 'nameserver 192.0.2.53\n');
  assert.equal(text({ hostNetwork: true }), 'nameserver 192.0.2.53\n');
  assert.equal(text({ hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' }), cluster);
  const dnsConfig = {
    nameservers: ['9.9.9.9'],
    searches: ['example.com'],
    options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }],
  };
  assert.equal(
    text({ dnsPolicy: 'None', dnsConfig }),
    'nameserver 9.9.9.9\nsearch example.com\noptions ndots:2 edns0\n',
  );
  assert.match(
    text({ dnsConfig }),
    /nameserver 10\.80\.0\.1\nnameserver 9\.9\.9\.9\n.*example\.com\noptions ndots:2 edns0/s,
  );
});
