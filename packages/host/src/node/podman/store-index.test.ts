import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestReference, fullNames } from './store-index.ts';

test('short names mean what was built here, then what came from the usual registry', () => {
  assert.deepEqual(fullNames('myapp'), ['localhost/myapp:latest', 'docker.io/library/myapp:latest']);
  assert.deepEqual(fullNames('myapp:1'), ['localhost/myapp:1', 'docker.io/library/myapp:1']);
  assert.deepEqual(fullNames('team/app'), ['localhost/team/app:latest', 'docker.io/team/app:latest']);
  assert.deepEqual(fullNames('localhost/myapp'), ['localhost/myapp:latest']);
  assert.deepEqual(fullNames('registry.example:5000/a/b:2'), ['registry.example:5000/a/b:2']);
  assert.deepEqual(fullNames('a@sha256:0'), []);
});

test('a name with digest for status', () => {
  assert.equal(
    digestReference({ id: 'i', name: 'registry.example:5000/a:2', digest: 'sha256:0' }),
    'registry.example:5000/a@sha256:0',
  );
});
