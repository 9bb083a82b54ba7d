import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMachine } from './machine-argument.ts';

test('a machine is a type and a name; a bare name is a virtual machine', () => {
  assert.deepEqual(parseMachine('vm/web', ['vm']), { type: 'vm', name: 'web' });
  assert.deepEqual(parseMachine('VirtualMachine/web', ['vm']), { type: 'vm', name: 'web' });
  assert.deepEqual(parseMachine('web', ['vm', 'pod']), { type: 'vm', name: 'web' });
  assert.deepEqual(parseMachine('po/web', ['pod']), { type: 'pod', name: 'web' });
});

test('anything else is refused with what would be right', () => {
  for (const text of ['vm/', 'pod/web', 'vm/a/b', 'disk/web']) {
    assert.throws(() => parseMachine(text, ['vm', 'vmi']), {
      code: 'bad-argument',
      message: /expected vm\/NAME or vmi\/NAME/,
    });
  }
});
