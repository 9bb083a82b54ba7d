import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scrapeAddress } from './scrape-address.ts';

const told = (annotations: Record<string, string>, port?: number, address = '10.64.0.9') =>
  scrapeAddress({
    annotations: Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`prometheus.io/${key}`, value])),
    address,
    port,
  });

test('a machine is scraped when it says so, where it says', () => {
  assert.equal(told({ scrape: 'true' }, 8080), 'http://10.64.0.9:8080/metrics');
  assert.equal(
    told({ scrape: 'true', port: '9100', path: '/figures', scheme: 'https' }, 80),
    'https://10.64.0.9:9100/figures',
  );
  for (const scrape of ['false', 'yes']) assert.equal(told({ scrape, port: '80' }), undefined);
  assert.equal(told({}, 80), undefined);
});

test('what cannot be an address is none, and no path leads to another host', () => {
  for (const port of ['0', '65536', '-1', '80.5', 'http', '80@evil'])
    assert.equal(told({ scrape: 'true', port }), undefined);
  assert.equal(told({ scrape: 'true' }), undefined);
  assert.equal(told({ scrape: 'true' }, 80, ''), undefined);
  for (const path of ['//evil/x', '@evil/', 'http://evil/']) {
    assert.equal(new URL(told({ scrape: 'true', path }, 80) ?? '').host, '10.64.0.9');
  }
});
