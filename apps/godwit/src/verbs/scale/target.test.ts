import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTarget } from './target.ts';

test('a target is named as kubectl names it', () => {
  for (const text of ['deployment/web', 'deployments/web', 'deploy/web', 'Deployment/web']) {
    const { kind, name } = parseTarget(text);
    assert.deepEqual([kind.kind, name], ['Deployment', 'web']);
  }
  assert.equal(parseTarget('rs/x').kind.kind, 'ReplicaSet');
});

test('what has no number is refused, and what has one is named', () => {
  for (const text of ['web', 'pod/web', 'deployment/', 'deployment/a/b', '']) {
    assert.throws(() => parseTarget(text), /expected one of .*deployment\/NAME/);
  }
});
