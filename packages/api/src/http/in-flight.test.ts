import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isReason } from '@godwit/kinds';
import { InFlight } from './in-flight.ts';

const anna = { name: 'anna', groups: [] };
const ben = { name: 'ben', groups: [] };
const root = { name: 'root', groups: ['system:masters'] };
const tooMany = (error: unknown) => isReason(error, 'TooManyRequests');

test('one user cannot take the places of the others', () => {
  const limits = new InFlight({ total: 10, perUser: 2 });
  limits.enter(anna);
  limits.enter(anna);
  assert.throws(() => limits.enter(anna), tooMany);
  limits.enter(ben);
  limits.leave(anna);
  limits.enter(anna);
  assert.equal(limits.total, 3);
});

test('administrators still come in when all places are taken', () => {
  const limits = new InFlight({ total: 4, perUser: 4 });
  for (let i = 0; i < 4; i++) limits.enter(anna);
  assert.throws(() => limits.enter(ben), tooMany);
  limits.enter(root);
  assert.throws(() => limits.enter(root), tooMany);
});
