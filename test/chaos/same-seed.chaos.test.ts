import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Simulation } from './index.ts';

const hashOf = async (seed: number, hosts: number) => (await new Simulation({ seed, minutes: 1, hosts }).run()).hash;

test('two runs of a seed are the same run, event by event, on one host and on several', async () => {
  assert.equal(await hashOf(1, 1), await hashOf(1, 1));
  assert.equal(await hashOf(2, 3), await hashOf(2, 3));
});

test('another seed is another run', async () => {
  assert.notEqual(await hashOf(3, 1), await hashOf(4, 1));
});
