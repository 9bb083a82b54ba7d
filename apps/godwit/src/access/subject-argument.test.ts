import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSubject } from './subject-argument.ts';

test('a bare name is a virtual machine, and kinds have their usual short names', () => {
  assert.equal(parseSubject('web').kind, 'VirtualMachine');
  const path = (text: string) => {
    const { path: of, name } = parseSubject(text);
    return of('team') + name;
  };
  assert.equal(path('po/web'), '/api/v1/namespaces/team/pods/web');
  assert.equal(path('No/host-1'), '/api/v1/nodes/host-1');
  assert.equal(path('bp/all'), '/apis/godwit.dev/v1alpha1/balancepolicies/all');
  assert.equal(path('deploy/web'), '/apis/apps/v1/namespaces/team/deployments/web');
});

test('what is no subject is refused with those that are', () => {
  for (const text of ['', 'vm/', 'secret/x', 'vm/a/b']) {
    assert.throws(() => parseSubject(text), { code: 'bad-argument', message: /vm\/NAME.*node\/NAME/ });
  }
});
