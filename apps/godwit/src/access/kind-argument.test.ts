import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anyKind, node, pod } from '@godwit/kinds';
import { instanceKind, machineKind, machineName, parseKindArgument } from './kind-argument.ts';

const known = [anyKind(pod), machineKind, anyKind(node)];

test('kinds are named as kubectl names them, and a bare name is of those that are usual', () => {
  const parse = (text: string) => {
    const { kinds, name } = parseKindArgument(text, known, [machineKind]);
    return [kinds.map(({ kind }) => kind).join(), name];
  };
  for (const text of ['po/web', 'pod/web', 'pods/web', 'Pod/web']) assert.deepEqual(parse(text), ['Pod', 'web']);
  assert.deepEqual(parse('No/host-1'), ['Node', 'host-1']);
  assert.deepEqual(parse('web'), ['VirtualMachine', 'web']);
});

test('a machine has a name; a bare one is a virtual machine', () => {
  for (const text of ['web', 'vm/web', 'VirtualMachine/web', 'vms/web']) assert.equal(machineName(text), 'web');
  assert.equal(machineName('vmi/web', instanceKind), 'web');
});

test('anything else is refused with what would be right', () => {
  const code = 'bad-argument';
  for (const text of ['', 'vm/', 'secret/x', 'vm/a/b']) {
    const message = `${text}: expected one of pod/NAME, vm/NAME, node/NAME`;
    assert.throws(() => parseKindArgument(text, known), { code, message });
  }
  assert.throws(() => machineName('pod/web'), { code, message: 'pod/web: expected vm/NAME' });
  assert.throws(() => machineName('pod/web', instanceKind), { code, message: /expected one of vm\/NAME, vmi\/NAME/ });
});
