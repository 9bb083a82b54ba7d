import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Faults, validateAnnotations } from '../validation/index.ts';

function faultsOf(kind: string, annotations: Record<string, string>, old?: Record<string, string>): string[] {
  const faults = new Faults();
  validateAnnotations(kind, annotations, 'metadata.annotations', faults, old);
  return faults.causes.map(({ field, message }) => `${field}: ${message}`);
}

test('what a host says of itself is read, or refused with what it should be', () => {
  for (const cores of ['16,16', '4', '8,0']) assert.deepEqual(faultsOf('Node', { 'godwit.dev/numa-cores': cores }), []);
  for (const cores of ['', 'two', '-1,2', '1.5,2', '16 16', '16,', '99999999', '1e9', 'NaN']) {
    const [fault] = faultsOf('Node', { 'godwit.dev/numa-cores': cores });
    assert.match(fault ?? '', /^metadata\.annotations\[godwit\.dev\/numa-cores\]: Invalid value: .*'16,16'/, cores);
  }
  assert.match(faultsOf('Node', { 'godwit.dev/numa-cores': '0,0' })[0] ?? '', /must have a processor/);
  for (const watts of ['86,117', '0,0', '50.5,80,120.25']) {
    assert.deepEqual(faultsOf('Node', { 'godwit.dev/watts': watts }), []);
  }
  for (const watts of ['86', '86,,117', '-5,10', '1,Infinity', '100 to 300', '5,2000000']) {
    assert.match(faultsOf('Node', { 'godwit.dev/watts': watts })[0] ?? '', /Invalid value: .*'86,117'/, watts);
  }
  assert.match(faultsOf('Node', { 'godwit.dev/watts': '300,100' })[0] ?? '', /must not fall/);
});

test('names that nobody reads are refused, of any kind and of this one', () => {
  const [typo = ''] = faultsOf('Node', { 'godwit.dev/numa-core': '16' });
  assert.match(typo, /^metadata\.annotations: Unsupported value: "godwit\.dev\/numa-core".*"godwit\.dev\/numa-cores"/);
  assert.match(faultsOf('Pod', { 'godwit.dev/watts': '1,2' })[0] ?? '', /Forbidden: it is read of Node only/);
  const [placed = ''] = faultsOf('Deployment', { 'godwit.dev/stays': 'true' });
  assert.match(placed, /it is read of Pod and VirtualMachineInstance only; .* its template/);
  assert.deepEqual(faultsOf('Pod', { 'godwit.dev/stays': 'true', 'example.com/watts': '?' }), []);
  assert.match(faultsOf('Pod', { 'godwit.dev/stays': 'yes' })[0] ?? '', /must be 'true' or 'false'/);
});

test('where a metric is told is an address, and holds no password', () => {
  const told = (url: string) => faultsOf('HorizontalPodAutoscaler', { 'metrics.godwit.dev/jobs': url });
  assert.deepEqual(told('https://queue.example:8080/stats?of=@all#jobs.waiting'), []);
  assert.match(told('file:///etc/passwd')[0] ?? '', /must begin with http/);
  assert.match(told('queue')[0] ?? '', /must be an address/);
  for (const url of [
    'http://user:secret@queue',
    'ftp://user:secret@queue',
    'http://user:secret@qu eue',
    '//x:secret@y',
  ]) {
    const [fault = ''] = told(url);
    assert.match(fault, /Forbidden: must not hold a user or password/, url);
    assert.doesNotMatch(fault, /secret@/);
  }
  assert.match(
    faultsOf('ElasticPolicy', { 'metrics.godwit.dev/jobs': 'http://queue' })[0] ?? '',
    /read of HorizontalPodAutoscaler only/,
  );
});

test('what stands there already is let be, as long as nobody changes it', () => {
  const old = { 'godwit.dev/watts': 'many' };
  assert.deepEqual(faultsOf('Node', { ...old, 'example.com/new': '1' }, old), []);
  assert.equal(faultsOf('Node', { 'godwit.dev/watts': 'more' }, old).length, 1);
});
