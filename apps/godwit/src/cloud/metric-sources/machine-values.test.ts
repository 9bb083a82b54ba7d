import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { VirtualClock } from '@godwit/base';
import type { ValueQuery } from '@godwit/controllers';
import { endpointValues } from './endpoint-values.ts';
import { readMetric } from './exposition.ts';
import { machineValues } from './machine-values.ts';

const { signal } = new AbortController();

/** When the text is told. */
const nowMs = new VirtualClock().now();

const text = `# HELP jobs_waiting Jobs that wait.
# TYPE jobs_waiting gauge
jobs_waiting{queue="mail",kind="a \\"b\\", {c}"} 3
jobs_waiting{queue="web"} 4.5 ${nowMs - 10_000}
# TYPE http_requests_total counter
http_requests_total{code="200"} 1e3
http_requests_total{code="500"} 5
# TYPE hits counter
hits 7
broken{ 3
odd NaN
`;

const read = (metric: string) => readMetric(text, metric, nowMs);

test('a metric is found in an exposition, with its labels, and a counter without its ending too', () => {
  const waiting = read('jobs_waiting');
  assert.equal(waiting?.isCounter, false);
  assert.deepEqual(waiting.samples, [
    { labels: { queue: 'mail', kind: 'a "b", {c}' }, value: 3 },
    { labels: { queue: 'web' }, value: 4.5 },
  ]);
  assert.equal(read('http_requests')?.isCounter, true);
  assert.deepEqual(
    read('http_requests_total')?.samples.map(({ value }) => value),
    [1000, 5],
  );
  assert.equal(read('hits')?.isCounter, true);
  assert.ok(Number.isNaN(read('odd')?.samples[0]?.value));
  for (const name of ['http', 'broken', '', 'jobs_waiting{queue="web"}']) assert.equal(read(name), undefined);
});

test('a line of another time is none, and of two lines of a series the first counts', () => {
  const told = (...lines: readonly string[]) => readMetric(lines.join('\n'), 'jobs', nowMs)?.samples;
  assert.equal(told(`jobs 1 ${nowMs - 61_000}`, `jobs 2 ${nowMs + 61_000}`), undefined);
  const labels = ['{a="1",b="2"}', '{b="2",a="1"}', '{a="1"}'];
  assert.deepEqual(told(...labels.map((text, index) => `jobs${text} ${index}`)), [
    { labels: { a: '1', b: '2' }, value: 0 },
    { labels: { a: '1' }, value: 2 },
  ]);
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
  // Seen for the first time: it is looked at once more, a second later.
  const first = ask('http_requests', 'code=200');
  while (clock.nextAtMs() === undefined) await setImmediate();
  total += 5;
  clock.step();
  assert.deepEqual(await first, [{ name: 'a', value: 5, windowMs: 1_000 }]);
  const step = async (more: number) => {
    total += more;
    await clock.advance(15_000, () => Promise.resolve());
    return ask('http_requests', 'code=200');
  };
  assert.deepEqual(await step(300), [{ name: 'a', value: 20, windowMs: 15_000 }]);
  assert.deepEqual(await ask('http_requests', 'code=200'), [{ name: 'a', value: 20, windowMs: 15_000 }]);
  // It was restarted, and counts from nothing.
  total = 0;
  assert.deepEqual(await step(15), [{ name: 'a', value: 1, windowMs: 15_000 }]);
  // What cannot be is as if nobody had told it, alone and in a sum.
  assert.deepEqual(await ask('odd'), []);
});

test('machines of which none tells anything, or none answers, are told as that', async () => {
  const values = machineValues(new VirtualClock());
  const ask = async (endpoints: readonly { name: string; url: string }[]) =>
    values({ of: 'machines', machines, endpoints, metric: 'jobs' }, signal);
  await assert.rejects(ask([]), { code: 'metric-unknown', message: /prometheus\.io\/scrape/ });
  const url = await serve(() => '');
  await assert.rejects(ask([{ name: 'a', url: `${url}/lost` }]), { code: 'metric-unreachable' });
});

const endpoint = endpointValues({ now: () => nowMs });

test('what an annotation names is asked: a number, a place in JSON, a Prometheus of which labels choose', async () => {
  const vector = [1, 2].map((value) => ({ metric: { queue: `q${value}` }, value: [nowMs / 1000, `${value}`] }));
  const answers: Record<string, string> = {
    number: '12.5\n',
    json: '{"queue":{"jobs":7}}',
    prometheus: JSON.stringify({ data: { resultType: 'vector', result: vector } }),
  };
  let answer = '';
  const url = await serve(() => answers[answer] ?? '');
  const ask = async (which: string, more = '', selector = '') => {
    answer = which;
    return endpoint({ of: 'outside', namespace: 'a', metric: 'jobs', selector, url: url + more }, signal);
  };
  assert.deepEqual(await ask('number'), [{ value: 12.5 }]);
  assert.deepEqual(await ask('json', '#queue.jobs'), [{ value: 7 }]);
  assert.deepEqual(await ask('prometheus'), [
    { labels: { queue: 'q1' }, value: 1 },
    { labels: { queue: 'q2' }, value: 2 },
  ]);
  assert.deepEqual(await ask('prometheus', '', 'queue=q2'), [{ labels: { queue: 'q2' }, value: 2 }]);
  await assert.rejects(ask('nothing'), { code: 'metric-nonsense' });
  const bad = { of: 'outside', namespace: 'a', metric: 'jobs', url: 'file:///etc/passwd' } as const;
  await assert.rejects(async () => endpoint(bad, signal), { code: 'metric-unknown' });
  assert.equal(endpoint({ of: 'outside', namespace: 'a', metric: 'jobs' }, signal), undefined);
});
