import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { VirtualClock } from '@godwit/base';
import { History } from '@godwit/host';
import { valueOfAnswer, valuesOfPrometheus } from './answers.ts';
import { balancerValues } from './balancer-values.ts';
import { endpointValues } from './endpoint-values.ts';

const { signal } = new AbortController();

test('numbers are found in answers, and nonsense is refused', () => {
  assert.equal(valueOfAnswer(' 42.5\n', undefined), 42.5);
  assert.equal(valueOfAnswer('{"queue":{"jobs":["7"]}}', 'queue.jobs.0'), 7);
  for (const [text, path] of [
    ['', undefined],
    ['NaN', undefined],
    ['-1', undefined],
    ['Infinity', undefined],
    ['{}', 'a'],
    ['[', 'a'],
    ['{"a":null}', 'a.b'],
  ] as const) {
    assert.throws(() => valueOfAnswer(text, path), { code: 'metric-nonsense' });
  }
  const vector = (value: string, atSeconds = 1) =>
    JSON.stringify({
      status: 'success',
      data: { resultType: 'vector', result: [{ metric: { pod: 'a' }, value: [atSeconds, value] }] },
    });
  assert.deepEqual(valuesOfPrometheus(vector('3'), 2_000), [{ name: 'a', labels: { pod: 'a' }, value: 3 }]);
  assert.deepEqual(valuesOfPrometheus('{"data":{"resultType":"scalar","result":[1,"0.5"]}}', 0), [{ value: 0.5 }]);
  const odd = ['NaN', '+Inf', '-3', '1e300'].map((value) => vector(value));
  for (const text of [...odd, '{}', 'null', '{"data":{"resultType":"matrix","result":[]}}']) {
    assert.throws(() => valuesOfPrometheus(text, 1_000), { code: 'metric-nonsense' });
  }
  for (const atSeconds of [939, 1_061])
    assert.throws(() => valuesOfPrometheus(vector('3', atSeconds), 1_000_000), { code: 'metric-stale' });
});

test('an endpoint is asked as it stands: no redirects, nothing endless', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/number') response.end('12');
    else if (request.url?.startsWith('/prometheus/api/v1/query?query=sum%28x%29')) {
      response.end('{"data":{"resultType":"vector","result":[{"metric":{},"value":[1,"9"]}]}}');
    } else if (request.url === '/moved') response.writeHead(302, { location: '/number' }).end();
    else if (request.url === '/long') response.end('1'.repeat(2 ** 21));
    else response.writeHead(500).end();
  }).listen(0, '127.0.0.1');
  after(() => server.close());
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const endpoint = endpointValues({ now: () => 1_000 });
  const http = (path: string) => endpoint({ of: 'http', url: url + path }, signal);
  assert.deepEqual(await http('/number'), [{ value: 12 }]);
  assert.deepEqual(await endpoint({ of: 'prometheus', url: `${url}/prometheus`, query: 'sum(x)' }, signal), [
    { labels: {}, value: 9 },
  ]);
  for (const path of ['/moved', '/long', '/fails'])
    await assert.rejects(async () => http(path), { code: 'metric-unreachable' });
});

test('a service is what its load balancer saw in the last seconds', async () => {
  const clock = new VirtualClock();
  const history = new History();
  const values = balancerValues(() => ({ history, latest: undefined }), clock);
  const ask = (metric: string) =>
    values({ of: 'object', namespace: 'a', kind: 'Service', name: 'web', metric }, signal);
  await assert.rejects(async () => ask('requests'), { code: 'metric-missing' });
  await assert.rejects(async () => ask('colour'), { code: 'metric-unknown' });
  for (const requests of [500, 10, 20, 30]) {
    await clock.advance(1000, () => Promise.resolve());
    history.record('Service/a/web', clock.monotonic(), { requests });
  }
  assert.deepEqual(await ask('requests'), [{ value: 20, windowMs: 3_000 }]);
});
