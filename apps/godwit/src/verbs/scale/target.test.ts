import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseKindArgument } from '../../access/kind-argument.ts';
import { scalable } from './target.ts';

const parseTarget = (text: string) => parseKindArgument(text, scalable);

test('a target is named as kubectl names it', () => {
  for (const text of ['deployment/web', 'deployments/web', 'deploy/web', 'Deployment/web']) {
    const { kinds, name } = parseTarget(text);
    assert.deepEqual([kinds.map(({ kind }) => kind), name], [['Deployment'], 'web']);
  }
  assert.deepEqual(
    parseTarget('rs/x').kinds.map(({ kind }) => kind),
    ['ReplicaSet'],
  );
});

test('a bare name means whatever has a number and that name', () => {
  const { kinds, name } = parseTarget('web');
  assert.equal(name, 'web');
  assert.deepEqual(kinds.map(({ kind }) => kind).toSorted(), [
    'Deployment',
    'ReplicaSet',
    'VirtualMachineInstanceReplicaSet',
    'VirtualMachinePool',
  ]);
});

test('what has no number is refused, and what has one is named', () => {
  for (const text of ['pod/web', 'deployment/', 'deployment/a/b', '']) {
    assert.throws(() => parseTarget(text), /expected one of .*deployment\/NAME/);
  }
});
