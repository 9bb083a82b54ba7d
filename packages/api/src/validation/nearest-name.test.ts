import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nearestName } from './nearest-name.ts';

const known = ['replicas', 'selector', 'template', 'minReadySeconds', 'data', 'name'];

test('a slip of the finger leads to what was meant', () => {
  assert.equal(nearestName('replica', known), 'replicas');
  assert.equal(nearestName('daat', known), 'data');
  assert.equal(nearestName('minreadyseconds', known), 'minReadySeconds');
  assert.equal(nearestName('maxReplicas', known), 'replicas');
  assert.equal(nearestName('templat', known), 'template');
});

test('what is far from all of them leads nowhere', () => {
  for (const name of ['cpu', 'x', '', 'strategy', 'dnsPolicy']) assert.equal(nearestName(name, known), undefined);
  assert.equal(nearestName('name', []), undefined);
});

test('a name itself is the nearest, and one slip of a long name is found', () => {
  fc.assert(
    fc.property(fc.constantFrom(...known), fc.nat(), (name, at) => {
      assert.equal(nearestName(name, known), name);
      const cut = name.slice(0, at % name.length) + name.slice((at % name.length) + 1);
      assert.equal(nearestName(cut, known), name);
    }),
  );
});
