import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { VirtualClock } from '@godwit/base';
import type { ValueQuery } from '@godwit/controllers';
import { endpointValues } from './endpoint-values.ts';
import { readMetric } from './exposition.ts';
import { machineValues } from './machine-values.ts';

const { signal } = new AbortController();

const text = `# HELP jobs_waiting Jobs that wait.
# TYPE jobs_waiting gauge
jobs_waiting{queue="mail",kind="a \\"b\\", {c}"} 3
jobs_waiting{queue="web"} 4.5 1700000000000
# TYPE http_requests_total counter
http_requests_total{code="200"} 1e3
http_requests_total{code="500"} 5
# TYPE hits counter
hits 7
broken{ 3
odd NaN
`;

test('a metric is found in an exposition, with its labels, and a counter without its ending too', () => {
  const waiting = readMetric(text, 'jobs_waiting');
  assert.equal(waiting?.isCounter, false);
  assert.deepEqual(waiting.samples, [
    { labels: { queue: 'mail', kind: 'a "b", {c}' }, value: 3 },
    { labels: { queue: 'web' }, value: 4.5 },
  ]);
  assert.equal(readMetric(text, 'http_requests')?.isCounter, true);
  assert.deepEqual(
    readMetric(text, 'http_requests_total')?.samples.map(({ value }) => value),
    [1000, 5],
  );
  assert.equal(readMetric(text, 'hits')?.isCounter, true);
  assert.ok(Number.isNaN(readMetric(text, 'odd')?.samples[0]?.value));
  for (const name of ['http', 'broken', '', 'jobs_waiting{queue="web"}'])
    assert.equal(readMetric(text, name), undefined);
});

async function serve(answer: () => string): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url === '/metrics') response.end(answer());
    else response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  after(() => server.close());
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
}

const machines = { kind: 'Pod', namespace: 'default', selector: '' } as const;

test('each machine tells its own figure; of a counter its rate; one that is lost is left out', async () => {
  let total = 100;
  const url = await serve(() => text.replace('1e3', String(total)));
  const clock = new VirtualClock();
  const values = machineValues(clock);
  const endpoints = [
    { name: 'a', url },
    { name: 'b', url: url.replace('/metrics', '/nothing') },
  ];
  const ask = (metric: string, selector = '') =>
    values({ of: 'machines', machines, endpoints, metric, selector } satisfies ValueQuery, signal);
  assert.deepEqual(await ask('jobs_waiting'), [{ name: 'a', value: 7.5 }]);
  assert.deepEqual(await ask('jobs_waiting', 'queue=web'), [{ name: 'a', value: 4.5 }]);
  assert.deepEqual(await ask('nothing_like_it'), []);
  assert.deepEqual(await ask('http_requests', 'code=200'), []);
  const step = async (more: number) => {
    total += more;
    await clock.advance(15_000, () => Promise.resolve());
    return ask('http_requests', 'code=200');
  };
  assert.deepEqual(await step(300), [{ name: 'a', value: 20 }]);
  assert.deepEqual(await ask('http_requests', 'code=200'), [{ name: 'a', value: 20 }]);
  // It was restarted: what it grew by is not known.
  assert.deepEqual(await step(-300), []);
  assert.deepEqual(await step(15), [{ name: 'a', value: 1 }]);
});

test('machines of which none tells anything, or none answers, are told as that', async () => {
  const values = machineValues(new VirtualClock());
  const ask = async (endpoints: readonly { name: string; url: string }[]) =>
    values({ of: 'machines', machines, endpoints, metric: 'jobs' }, signal);
  await assert.rejects(ask([]), { code: 'metric-unknown', message: /prometheus\.io\/scrape/ });
  const url = await serve(() => '');
  await assert.rejects(ask([{ name: 'a', url: `${url}/lost` }]), { code: 'metric-unreachable' });
});

test('what an annotation names is asked: a number, a place in JSON, a Prometheus of which labels choose', async () => {
  const vector = [1, 2].map((value) => ({ metric: { queue: `q${value}` }, value: [0, `${value}`] }));
  const answers: Record<string, string> = {
    number: '12.5\n',
    json: '{"queue":{"jobs":7}}',
    prometheus: JSON.stringify({ data: { resultType: 'vector', result: vector } }),
  };
  let answer = '';
  const url = await serve(() => answers[answer] ?? '');
  const ask = async (which: string, more = '', selector = '') => {
    answer = which;
    return endpointValues({ of: 'outside', namespace: 'a', metric: 'jobs', selector, url: url + more }, signal);
  };
  assert.deepEqual(await ask('number'), [{ value: 12.5 }]);
  assert.deepEqual(await ask('json', '#queue.jobs'), [{ value: 7 }]);
  assert.deepEqual(await ask('prometheus'), [{ value: 1 }, { value: 2 }]);
  assert.deepEqual(await ask('prometheus', '', 'queue=q2'), [{ value: 2 }]);
  await assert.rejects(ask('nothing'), { code: 'metric-nonsense' });
  const bad = { of: 'outside', namespace: 'a', metric: 'jobs', url: 'file:///etc/passwd' } as const;
  await assert.rejects(async () => endpointValues(bad, signal), { code: 'metric-unknown' });
  assert.equal(endpointValues({ of: 'outside', namespace: 'a', metric: 'jobs' }, signal), undefined);
});
