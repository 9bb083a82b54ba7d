import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBalancerReadings } from './balancer-statistics.ts';

const header = '# pxname,svname,qcur,scur,stot,hrsp_5xx,req_tot,qtime,ctime,rtime,mode,';

test('the ports of a service are one reading, latencies weighed by what each has served', () => {
  const text = [
    header,
    'default:web:80:http,BACKEND,1,2,30,4,300,1,2,7,http,',
    'default:web:81:http,BACKEND,0,1,10,0,100,0,0,50,http,',
    'default:web:80:tcp,BACKEND,0,5,100,,,0,0,0,tcp,',
    '',
  ].join('\n');
  const [reading, ...others] = parseBalancerReadings(text);
  assert.deepEqual(others, []);
  assert.ok(reading);
  const { latencySeconds, ...rest } = reading;
  const expected = { namespace: 'default', name: 'web', requests: 500, errors: 4, queued: 1, connections: 8 };
  assert.deepEqual(rest, expected);
  assert.ok(Math.abs((latencySeconds ?? 0) - (0.01 * 300 + 0.05 * 100) / 500) < 1e-12);
});

test('a service that nobody has used has no latency', () => {
  const text = `${header}\ndefault:idle:80:http,BACKEND,0,0,0,0,0,0,0,0,http,\n`;
  assert.deepEqual(parseBalancerReadings(text), [
    { namespace: 'default', name: 'idle', requests: 0, errors: 0, queued: 0, connections: 0 },
  ]);
});

test('what is at no server of a backend that holds requests waits', () => {
  const withActive = header.replace(',mode,', ',act,mode,');
  const rows = (active: number) => [
    withActive,
    'default:web:80:http,again,0,0,0,0,0,0,0,0,0,http,',
    'default:web:80:http,10-80-0-1-8080,0,2,9,0,9,0,0,0,0,http,',
    `default:web:80:http,BACKEND,0,5,9,0,9,0,0,0,${active},http,`,
    'default:other:80:http,BACKEND,0,5,9,0,9,0,0,0,0,http,',
  ];
  const queued = (active: number) => parseBalancerReadings(rows(active).join('\n')).map((reading) => reading.queued);
  assert.deepEqual(queued(0), [3, 0]);
  assert.deepEqual(queued(1), [0, 0]);
});

test('an answer that is none has no readings', () => {
  for (const text of ['', 'Unknown command', `${header}\n,BACKEND,\nx,y\n`]) {
    assert.deepEqual(parseBalancerReadings(text), []);
  }
});
